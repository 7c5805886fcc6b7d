#include "archive_members.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/text.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <memory>
#include <string>

namespace semscope::data {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, std::string_view member, const std::string& why) {
    throw InputError(fmt::format("{}: its member {} {}", path.string(), quote(member), why));
}

/// A member's path, checked; "" for what is no file.
void require_sound_path(const fs::path& path, std::string_view member) {
    if (const std::string fault = problem_with_relative_path(member); !fault.empty()) refuse(path, member, fault);
}

std::string first_bytes(const fs::path& path) {
    constexpr std::size_t enough = 6;
    const FileDescriptor file(path, O_RDONLY);
    std::array<char, enough> bytes{};
    const auto count = file.is_open() ? ::pread(file.get(), bytes.data(), bytes.size(), 0) : 0;
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

/// What has packed a file as a whole; nullptr when nothing known has.
const char* compression_of(const std::string& start) {
    if (start.starts_with("\x1f\x8b")) return "gzip (gunzip FILE)";
    if (start.starts_with("\x28\xb5\x2f\xfd")) return "zstd (unzstd FILE)";
    if (start.starts_with("BZh")) return "bzip2 (bunzip2 FILE)";
    if (start.starts_with("\xfd"
                          "7zXZ"))
        return "xz (unxz FILE)";
    return nullptr;
}

struct CloseTar {
    void operator()(archive* tar) const { archive_read_free(tar); }
};

const char* path_of(archive_entry* entry) {
    const char* const utf8 = archive_entry_pathname_utf8(entry);
    return utf8 != nullptr ? utf8 : archive_entry_pathname(entry);
}

void visit_entry(const fs::path& path, archive_entry* entry, std::int64_t place, MemberVisitor& visitor) {
    const char* const name = path_of(entry);
    if (name == nullptr) throw InputError(fmt::format("{}: has a member without a name", path.string()));
    const auto type = archive_entry_filetype(entry);
    const std::string_view member(name);
    if (type == AE_IFDIR) {
        if (member != "." && member != "./") require_sound_path(path, member);
        return;
    }
    require_sound_path(path, member);
    if (archive_entry_hardlink(entry) != nullptr || type == AE_IFLNK)
        refuse(path, member, "is a link; pack the files themselves (tar --dereference --hard-dereference)");
    if (type != AE_IFREG) refuse(path, member, "is no regular file");
    if (archive_entry_sparse_count(entry) > 0) refuse(path, member, "is sparse; pack it without tar --sparse");
    visitor.visit(member, static_cast<std::uint64_t>(place), static_cast<std::uint64_t>(archive_entry_size(entry)));
}

}  // namespace

bool is_zip(const fs::path& path) {
    const std::string start = first_bytes(path);
    return start.starts_with("PK\3\4") || start.starts_with("PK\5\6");
}

void visit_tar(const fs::path& path, MemberVisitor& visitor) {
    if (const char* packed = compression_of(first_bytes(path)))
        throw InputError(
            fmt::format("{}: is compressed as a whole, so that no member can be read on its own; unpack {}",
                        path.string(), packed));
    const std::unique_ptr<archive, CloseTar> tar(archive_read_new());
    if (!tar) throw LibraryError("libarchive cannot start");
    archive_read_support_format_tar(tar.get());
    const FileDescriptor file(path, O_RDONLY);
    if (!file.is_open()) throw InputError(fmt::format("{}: cannot be opened for reading", path.string()));
    // Headers alone are read, with a jump over each member: reading ahead would fetch the whole file.
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM);
    constexpr std::size_t block = 4096;
    const auto refuse_tar = [&] {
        const char* const reason = archive_error_string(tar.get());
        throw InputError(fmt::format("{}: is no tar or zip, or is damaged: {}", path.string(),
                                     reason == nullptr ? "no reason given" : printable(reason)));
    };
    if (archive_read_open_fd(tar.get(), file.get(), block) != ARCHIVE_OK) refuse_tar();
    archive_entry* entry = nullptr;
    for (int status = ARCHIVE_OK; (status = archive_read_next_header(tar.get(), &entry)) != ARCHIVE_EOF;) {
        // A warning is about a name in another character set; require_sound_path() judges it.
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) refuse_tar();
        visit_entry(path, entry, archive_filter_bytes(tar.get(), 0), visitor);
    }
}

namespace {

void visit_zip_entry(const fs::path& path, unzFile zip, MemberVisitor& visitor) {
    std::array<char, maximum_name_bytes + 1> name{};
    unz_file_info64 info{};
    if (unzGetCurrentFileInfo64(zip, &info, name.data(), name.size(), nullptr, 0, nullptr, 0) != UNZ_OK)
        throw InputError(fmt::format("{}: its central directory is damaged", path.string()));
    const std::string_view member(name.data(), std::min<std::size_t>(info.size_filename, maximum_name_bytes));
    require_sound_path(path, member);
    if (info.size_filename > maximum_name_bytes) refuse(path, member, "has a longer name than files have");
    if (member.ends_with('/')) return;
    constexpr unsigned unix_system = 3;  // the upper byte of "version made by"
    const auto mode = static_cast<mode_t>(info.version >> 8 == unix_system ? info.external_fa >> 16 : 0);
    if (S_ISLNK(mode)) refuse(path, member, "is a link; pack the files themselves (zip without -y)");
    if ((info.flag & 1) != 0) refuse(path, member, "is encrypted");
    constexpr unsigned stored = 0;
    constexpr unsigned deflated = 8;
    if (info.compression_method != stored && info.compression_method != deflated)
        refuse(
            path, member,
            fmt::format("is packed by method {} of zip; deflated and stored ones are read", info.compression_method));
    constexpr std::uint64_t densest = 1032;  // bytes that deflate packs into one
    if (info.uncompressed_size / densest > info.compressed_size)
        refuse(path, member,
               fmt::format("has {} bytes, which {} cannot hold: it is damaged", info.uncompressed_size,
                           info.compressed_size));
    visitor.visit(member, unzGetOffset64(zip), info.uncompressed_size);
}

}  // namespace

void visit_zip(const fs::path& path, MemberVisitor& visitor) {
    const Zip zip(unzOpen64(path.c_str()));
    unz_global_info64 global{};
    if (!zip || unzGetGlobalInfo64(zip.get(), &global) != UNZ_OK)
        throw InputError(fmt::format("{}: is truncated or damaged: it has no central directory", path.string()));
    std::uint64_t seen = 0;
    for (int status = unzGoToFirstFile(zip.get()); seen < global.number_entry; status = unzGoToNextFile(zip.get())) {
        if (status != UNZ_OK)
            throw InputError(fmt::format("{}: its central directory ends after {} of {} members", path.string(), seen,
                                         global.number_entry));
        visit_zip_entry(path, zip.get(), visitor);
        ++seen;
    }
}

}  // namespace semscope::data
