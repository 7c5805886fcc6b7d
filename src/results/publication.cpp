#include "semscope/results/publication.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/file_descriptor.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace semscope::results {

namespace {

FileDescriptor open_file(const std::filesystem::path& path, int flags) {
    FileDescriptor file(path, flags);
    if (!file.is_open()) throw IoError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    return file;
}

/// 0, or ENOSPC when the blocks that the file still lacks are more than are free.
int compare_with_free_space(int descriptor, off_t size) {
    struct stat status {};
    struct statvfs system {};
    if (::fstat(descriptor, &status) != 0 || ::fstatvfs(descriptor, &system) != 0) return 0;
    constexpr double block = 512;  // of st_blocks, by POSIX
    const double lacking = static_cast<double>(size) - block * static_cast<double>(status.st_blocks);
    const double free = static_cast<double>(system.f_bavail) * static_cast<double>(system.f_frsize);
    return lacking > free ? ENOSPC : 0;
}

/// Has the operating system bring a file, or the entries of a folder, to the disk.
void sync_to_disk(const std::filesystem::path& path) {
    const FileDescriptor file = open_file(path, O_RDONLY);
    // Some file systems cannot do it for folders (EINVAL); there is no other way then.
    if (::fsync(file.get()) != 0 && errno != EINVAL)
        throw IoError(fmt::format("{}: cannot be brought to the disk: {}", path.string(), std::strerror(errno)));
}

/// Returns 0 or the number of the error, EEXIST when `to` has the name.
int rename_to_free_name(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    // NFS and some parallel file systems know no such flag; a link does not replace either.
    if (errno != EINVAL && errno != ENOSYS) return errno;
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    ::unlink(from.c_str());
    return 0;
}

constexpr const char* creation_mark = ".creating.";

}  // namespace

std::string creation_suffix() { return fmt::format("{}{}", creation_mark, ::getpid()); }

std::filesystem::path temporary_path(const std::filesystem::path& path) { return path.string() + creation_suffix(); }

void reserve_space(const std::filesystem::path& path) {
    const FileDescriptor file = open_file(path, O_WRONLY);
    const auto size = static_cast<off_t>(std::filesystem::file_size(path));
    // fallocate, not posix_fallocate: the latter writes every block where the file system has no such call.
    int error = size == 0 || ::fallocate(file.get(), 0, 0, size) == 0 ? 0 : errno;
    if (error == EOPNOTSUPP || error == ENOSYS) error = compare_with_free_space(file.get(), size);
    if (error != 0)
        throw IoError(
            fmt::format("{}: no room for the {} bytes of this file: {}", path.string(), size, std::strerror(error)));
}

void publish(const std::filesystem::path& temporary, const std::filesystem::path& path, Existing existing) {
    sync_to_disk(temporary);
    const int error = existing == Existing::keep ? rename_to_free_name(temporary, path)
                                                 : (::rename(temporary.c_str(), path.c_str()) == 0 ? 0 : errno);
    if (error != 0) throw IoError(fmt::format("{}: cannot be put in place: {}", path.string(), std::strerror(error)));
    sync_to_disk(path.parent_path());
}

void remove_leftovers(const std::filesystem::path& path) {
    const std::string beginning = path.filename().string() + creation_mark;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), ignored))
        if (entry.path().filename().string().starts_with(beginning)) std::filesystem::remove(entry.path(), ignored);
}

}  // namespace semscope::results
