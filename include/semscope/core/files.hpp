#pragma once

#include "semscope/core/errors.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace semscope {

/// What becomes of a file that has the name already.
enum class Existing { keep, replace };

/// Gives a file that is whole its name, `path` in the same folder, and brings both to the disk: under the final name a
/// file is never seen half made, also after a power failure, and an old file of this name stays whole until it is
/// replaced. Local. Throws IoError that names the path, also for a file that is kept; `temporary` is still there then.
void put_in_place(const std::filesystem::path& temporary, const std::filesystem::path& path, Existing existing);

/// Writes a file in one step: the bytes go to a temporary file beside it, which is then put in place, so that nobody
/// ever sees half a file, whatever ends the program or the machine. Folders above it are created. Local.
/// Throws IoError that names the path.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                           Existing existing = Existing::replace);

/// Whether a file has the name of such a temporary file: one that write_file_atomically() left when it was killed.
bool is_temporary_name(const std::filesystem::path& path);

/// An open file, closed at the end of its life and in programs that this one starts. For what streams cannot do: open
/// without waiting, fstat, fsync, exclusive creation. Movable. Local.
class FileDescriptor {
  public:
    /// As open(2). When that fails, is_open() is false and errno says why: the caller knows what to make of it.
    explicit FileDescriptor(const std::filesystem::path& path, int flags, mode_t mode = 0) noexcept
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}  // NOLINT(cppcoreguidelines-pro-type-vararg)
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&&) = delete;
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (number_ >= 0) ::close(number_);
    }

    bool is_open() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }

  private:
    int number_;
};

/// Seconds to wait before each further try of read_again.
inline constexpr std::array retry_pauses{0.1, 0.5, 2.0};

/// Returns what `read` returns, which reads files that this job has read before. While `read` throws UnreachableError
/// it is called again after each of retry_pauses. Throws IoError when it never succeeds: a file that was there is no
/// proof of bad data when it is gone, but of a file system that is. Other errors pass. Local, thread-safe; sleeps.
template <class Read>
auto read_again(Read&& read) {
    for (const double pause : retry_pauses) {
        try {
            return read();
        } catch (const UnreachableError&) {
            std::this_thread::sleep_for(std::chrono::duration<double>(pause));
        }
    }
    try {
        return read();
    } catch (const UnreachableError& error) {
        throw IoError(std::string(error.what()) + "; it was read before: look at its file system");
    }
}

/// What `read` reads of a file at `path`. A file that is not there is reported by InputError, as a fault of the data
/// set. When one that is there cannot be reached, the file system has failed: tries again, then throws IoError. A
/// member of an archive, which is no path, is always there. Local, thread-safe; sleeps.
template <class Read>
auto read_where_there(const std::filesystem::path& path, Read&& read) {
    try {
        return read();
    } catch (const UnreachableError&) {
        std::error_code error;
        if (!std::filesystem::exists(path, error) && !error) throw;
    }
    return read_again(read);
}

}  // namespace semscope
