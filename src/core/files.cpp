#include "semscope/core/files.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace semscope {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
    throw IoError(fmt::format("{}: {}", path.string(), what));
}

/// Removes the temporary file at the end of its life, when it was not renamed.
class Temporary {
  public:
    explicit Temporary(const fs::path& target)
        : path_(target.parent_path() / fmt::format(".{}.{}.tmp", target.filename().string(), ::getpid())) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }

    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

void write_bytes(const fs::path& temporary, const fs::path& target, std::string_view bytes) {
    constexpr mode_t readable_by_all = 0666;  // less what umask takes
    const FileDescriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC, readable_by_all);
    if (!file.is_open()) fail(target, fmt::format("cannot be written: {}", std::strerror(errno)));
    while (!bytes.empty()) {
        const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            fail(target, fmt::format("writing failed: {}", std::strerror(errno)));
    }
}

/// Has the operating system bring a file, or the entries of a folder, to the disk.
void sync_to_disk(const fs::path& path) {
    const FileDescriptor file(path, O_RDONLY);
    // Some file systems cannot do it for folders (EINVAL); there is no other way then.
    if (!file.is_open() || (::fsync(file.get()) != 0 && errno != EINVAL))
        fail(path, fmt::format("cannot be brought to the disk: {}", std::strerror(errno)));
}

/// Returns 0 or the number of the error, EEXIST when `to` has the name.
int rename_to_free_name(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    // NFS and some parallel file systems know no such flag; a link does not replace either.
    if (errno != EINVAL && errno != ENOSYS) return errno;
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    ::unlink(from.c_str());
    return 0;
}

}  // namespace

void put_in_place(const fs::path& temporary, const fs::path& path, Existing existing) {
    sync_to_disk(temporary);
    const int error = existing == Existing::keep ? rename_to_free_name(temporary, path)
                                                 : (::rename(temporary.c_str(), path.c_str()) == 0 ? 0 : errno);
    if (error != 0) fail(path, fmt::format("cannot be put in place: {}", std::strerror(error)));
    sync_to_disk(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void write_file_atomically(const fs::path& path, std::string_view bytes, Existing existing) {
    std::error_code error;
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path(), error);
        if (error) fail(path, fmt::format("its folder cannot be created: {}", error.message()));
    }
    const Temporary temporary(path);
    write_bytes(temporary.path(), path, bytes);
    put_in_place(temporary.path(), path, existing);
}

bool is_temporary_name(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with('.') && name.ends_with(".tmp");
}

}  // namespace semscope
