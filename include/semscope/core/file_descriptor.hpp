#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace semscope {

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

}  // namespace semscope
