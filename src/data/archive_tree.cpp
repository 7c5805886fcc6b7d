#include "archive_members.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/data/archive.hpp"
#include "semscope/data/image.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <mutex>

namespace semscope::data {

namespace {

/// Shards that stay open; those behind them are opened for each member, so that many shards do not use up what a
/// process may open.
constexpr std::size_t most_open = 256;

}  // namespace

/// The files of an archive as they are opened, shared by all threads.
struct ArchiveTree::OpenFiles {
    /// A reader of a zip file; it stands at one member at a time.
    struct OpenZip {
        std::FILE* stream = nullptr;  ///< the zip's
        Zip zip;
    };
    std::mutex mutex;
    std::vector<std::shared_ptr<const FileDescriptor>> tars;
    std::vector<std::vector<OpenZip>> zips;  ///< those that no thread has

    /// Places in an index mean nothing in another file, such as a newer one, or the copy that another node sees.
    static void require_unchanged(const ArchiveIndex::File& file, const struct stat& status) {
        constexpr std::int64_t nanoseconds = 1'000'000'000;
        const auto& modified = status.st_mtim;
        if (static_cast<std::uint64_t>(status.st_size) != file.bytes ||
            std::int64_t{modified.tv_sec} * nanoseconds + modified.tv_nsec != file.modified)
            throw IoError(fmt::format("{}: has changed since its index was made; start again", file.path));
    }

    /// One fstat a read, as files cost that stay unpacked: an archive may be written over while it is open.
    static void look_at(int file, const ArchiveIndex::File& indexed, struct stat& status) {
        if (::fstat(file, &status) != 0)
            throw UnreachableError(fmt::format("{}: cannot be read: {}", indexed.path, std::strerror(errno)));
        require_unchanged(indexed, status);
    }

    static std::shared_ptr<const FileDescriptor> open(const ArchiveIndex::File& file) {
        auto tar = std::make_shared<const FileDescriptor>(file.path, O_RDONLY);
        if (!tar->is_open())
            throw UnreachableError(fmt::format("{}: cannot be read: {}", file.path, std::strerror(errno)));
        return tar;
    }

    static OpenZip open_zip(const ArchiveIndex::File& file) {
        OpenZip made;
        zlib_filefunc64_def functions;
        fill_fopen64_filefunc(&functions);
        functions.opaque = &made.stream;
        functions.zopen64_file = [](void* stream, const void* path, int) -> void* {
            return *static_cast<std::FILE**>(stream) = std::fopen(static_cast<const char*>(path), "rbe");
        };
        made.zip.reset(unzOpen2_64(file.path.c_str(), &functions));
        if (!made.zip) throw UnreachableError(fmt::format("{}: cannot be read", file.path));
        return made;
    }

    std::shared_ptr<const FileDescriptor> tar(const ArchiveIndex::File& file, std::size_t number) {
        if (number >= most_open) return open(file);
        const std::lock_guard lock(mutex);
        if (!tars[number]) tars[number] = open(file);
        return tars[number];
    }

    OpenZip take_zip(const ArchiveIndex::File& file, std::size_t number) {
        const std::lock_guard lock(mutex);
        if (zips[number].empty()) return open_zip(file);
        OpenZip zip = std::move(zips[number].back());
        zips[number].pop_back();
        return zip;
    }
    void give_zip(OpenZip zip, std::size_t number) {
        const std::lock_guard lock(mutex);
        zips[number].push_back(std::move(zip));
    }
};

namespace {

/// What a message calls a member, made when there is one.
using NameOf = std::function<std::string()>;

void read_tar(int file, const ArchiveMember& member, Bytes& bytes, const NameOf& name) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count =
            ::pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(member.place + done));
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (count == 0)
            throw InputError(fmt::format("{}: the archive ends after {} of {} bytes", name(), done, member.size));
        else if (errno != EINTR)
            throw UnreachableError(fmt::format("{}: cannot be read: {}", name(), std::strerror(errno)));
    }
}

void read_zip(void* zip, std::FILE* stream, const ArchiveMember& member, Bytes& bytes, const NameOf& name) {
    const auto fail = [&](const char* damage) {
        // A file system that fails is no damaged member, which would count as unreadable.
        if (std::ferror(stream) != 0) throw UnreachableError(fmt::format("{}: cannot be read", name()));
        throw InputError(fmt::format("{}: {}", name(), damage));
    };
    if (unzSetOffset64(zip, member.place) != UNZ_OK || unzOpenCurrentFile(zip) != UNZ_OK)
        fail("its entry in the archive is damaged");
    std::size_t done = 0;
    int count = 1;
    while (done < bytes.size() && count > 0) {
        const auto rest = std::min<std::size_t>(bytes.size() - done, std::numeric_limits<int>::max());
        count = unzReadCurrentFile(zip, bytes.data() + done, static_cast<unsigned>(rest));
        done += static_cast<std::size_t>(std::max(count, 0));
    }
    // Sees whether the check sum is right, once all is read.
    const int end = unzCloseCurrentFile(zip);
    if (done < bytes.size() || end != UNZ_OK) fail("is damaged in the archive");
}

}  // namespace

ArchiveTree::ArchiveTree(std::shared_ptr<const ArchiveIndex> index, std::string folder)
    : index_(std::move(index)), folder_(std::move(folder)), open_(std::make_unique<OpenFiles>()) {
    if (!folder_.empty()) folder_ += '/';
    open_->tars.resize(std::min(most_open, index_->files().size()));
    open_->zips.resize(index_->files().size());
}

ArchiveTree::~ArchiveTree() = default;

std::optional<ArchiveMember> ArchiveTree::find(std::string_view path) const {
    std::string plain = folder_ + std::string(path);
    // As the index has it: without the empty parts and "." that a list may hold.
    if (plain.find("//") != std::string::npos || plain.find("./") != std::string::npos)
        plain = std::filesystem::path(plain).lexically_normal().string();
    if (const auto found = index_->find(plain)) return found;
    const std::string& top = index_->common_folder();
    return top.empty() ? std::nullopt : index_->find(top + "/" + plain);
}

std::string ArchiveTree::name(std::string_view path) const {
    const auto member = find(path);
    const auto files = index_->files();
    const std::string file = member              ? files[member->file].path
                             : files.size() == 1 ? files[0].path
                                                 : std::filesystem::path(files[0].path).parent_path().string();
    return fmt::format("{}:{}{}", file, folder_, path);
}

FileContent ArchiveTree::read(std::string_view path, std::size_t limit) const {
    const auto member = find(path);
    if (!member) throw InputError(fmt::format("{}: there is no such member", name(path)));
    if (member->size == 0) throw InputError(fmt::format("{}: the file is empty", name(path)));
    if (member->size > maximum_file_bytes)
        throw InputError(
            fmt::format("{}: {} bytes; pictures of up to {} are read", name(path), member->size, maximum_file_bytes));
    const ArchiveIndex::File& file = index_->files()[member->file];
    FileContent content;
    content.size = member->size;
    content.bytes.resize(std::min<std::size_t>(member->size, limit));
    struct stat status {};
    const auto name_of = [&] { return name(path); };
    if (file.zip) {
        OpenFiles::OpenZip zip = open_->take_zip(file, member->file);
        OpenFiles::look_at(::fileno(zip.stream), file, status);
        read_zip(zip.zip.get(), zip.stream, *member, content.bytes, name_of);
        open_->give_zip(std::move(zip), member->file);
    } else {
        const auto tar = open_->tar(file, member->file);
        OpenFiles::look_at(tar->get(), file, status);
        read_tar(tar->get(), *member, content.bytes, name_of);
    }
    content.identity = {status.st_dev, status.st_ino, member->place};
    return content;
}

}  // namespace semscope::data
