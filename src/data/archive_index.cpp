#include "archive_members.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/archive.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace semscope::data {

namespace {

namespace fs = std::filesystem;

ArchiveIndex::File describe(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        throw InputError(fmt::format("{}: there is no such archive", path.string()));
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    return {path.string(), static_cast<std::uint64_t>(status.st_size),
            std::int64_t{status.st_mtim.tv_sec} * nanoseconds + status.st_mtim.tv_nsec, false};
}

/// The files of an archive, shards in the order of their names.
std::vector<ArchiveIndex::File> files_of(const fs::path& archive) {
    std::error_code error;
    if (!fs::is_directory(archive, error)) return {describe(archive)};
    std::vector<fs::path> shards;
    for (const auto& entry : fs::directory_iterator(archive, error))
        if (entry.path().extension() == ".tar") shards.push_back(entry.path());
    if (error) throw InputError(fmt::format("{}: {}", archive.string(), error.message()));
    if (shards.empty()) throw InputError(fmt::format("{}: has no files that end with .tar", archive.string()));
    std::sort(shards.begin(), shards.end());
    std::vector<ArchiveIndex::File> files;
    files.reserve(shards.size());
    for (const fs::path& shard : shards) files.push_back(describe(shard));
    return files;
}

constexpr std::string_view signature = "semscope archive index 1\n";

/// A number and a text in the bytes of an index.
void put(std::string& out, std::uint64_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }
void put(std::string& out, std::string_view text) {
    put(out, std::uint64_t{text.size()});
    out.append(text);
}

class Bytes64 {
  public:
    explicit Bytes64(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::string text() { return std::string(take(number())); }
    std::string_view take(std::uint64_t length) {
        if (length > bytes_.size()) throw InputError("an index of an archive is truncated");
        const std::string_view part = bytes_.substr(0, length);
        bytes_.remove_prefix(length);
        return part;
    }
    std::size_t left() const { return bytes_.size(); }

  private:
    std::string_view bytes_;
};

}  // namespace

/// Collects the members of one archive.
class ArchiveBuilder : public MemberVisitor {
  public:
    ArchiveBuilder(ArchiveIndex& index, const std::function<void()>& tick) : index_(index), tick_(tick) {}

    void add_file(std::uint32_t file) {
        file_ = file;
        ArchiveIndex::File& source = index_.files_[file];
        source.zip = is_zip(source.path);
        source.zip ? visit_zip(source.path, *this) : visit_tar(source.path, *this);
    }

    void visit(std::string_view path, std::uint64_t place, std::uint64_t size) override {
        constexpr std::size_t often = 1024;
        if (index_.entries_.size() % often == 0) tick_();
        const ArchiveIndex::File& source = index_.files_[file_];
        if (!source.zip && (place > source.bytes || size > source.bytes - place))
            throw InputError(
                fmt::format("{}: is truncated: its member {} ends behind the file", source.path, quote(path)));
        while (path.starts_with("./")) path.remove_prefix(2);
        join_common_folder(path);
        index_.entries_.push_back({ArchiveIndex::key_of(path), {place, size, file_}});
    }

    void finish(const fs::path& archive) {
        if (index_.entries_.empty()) throw InputError(fmt::format("{}: has no files in it", archive.string()));
        auto& entries = index_.entries_;
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
        const auto twice = std::adjacent_find(entries.begin(), entries.end(),
                                              [](const auto& a, const auto& b) { return a.key == b.key; });
        if (twice != entries.end())
            throw InputError(fmt::format("{}: a path stands twice, in {} at byte {} and in {} at byte {}",
                                         archive.string(), index_.files_[twice->member.file].path, twice->member.place,
                                         index_.files_[(twice + 1)->member.file].path, (twice + 1)->member.place));
        entries.shrink_to_fit();
    }

  private:
    void join_common_folder(std::string_view path) {
        const std::size_t slash = path.find('/');
        const std::string_view folder = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
        if (index_.entries_.empty())
            index_.common_folder_ = folder;
        else if (index_.common_folder_ != folder)
            index_.common_folder_.clear();
    }

    ArchiveIndex& index_;
    const std::function<void()>& tick_;
    std::uint32_t file_ = 0;
};

ArchiveIndex ArchiveIndex::build(const fs::path& archive, const std::function<void()>& tick) {
    ArchiveIndex index;
    index.files_ = files_of(archive);
    ArchiveBuilder builder(index, tick);
    for (std::uint32_t file = 0; file < index.files_.size(); ++file) builder.add_file(file);
    builder.finish(archive);
    return index;
}

ArchiveIndex::Key ArchiveIndex::key_of(std::string_view path) {
    Sha256 digest;
    digest.update(path);
    return digest.first_words();
}

std::string ArchiveIndex::serialise() const {
    std::string out(signature);
    put(out, common_folder_);
    put(out, std::uint64_t{files_.size()});
    for (const File& file : files_) {
        put(out, file.path);
        for (const std::uint64_t value :
             {file.bytes, static_cast<std::uint64_t>(file.modified), std::uint64_t{file.zip}})
            put(out, value);
    }
    put(out, std::uint64_t{entries_.size()});
    for (const auto& [key, member] : entries_)
        for (const std::uint64_t value : {key[0], key[1], member.place, member.size, std::uint64_t{member.file}})
            put(out, value);
    put(out, sha256_of_text(out));
    return out;
}

ArchiveIndex ArchiveIndex::parse(std::string_view bytes) {
    constexpr std::size_t sum_bytes = sizeof(std::uint64_t) + 64;
    if (!bytes.starts_with(signature) || bytes.size() < signature.size() + sum_bytes)
        throw InputError("is no index of an archive");
    if (Bytes64(bytes.substr(bytes.size() - sum_bytes)).text() !=
        sha256_of_text(bytes.substr(0, bytes.size() - sum_bytes)))
        throw InputError("an index of an archive is damaged");
    Bytes64 in(bytes.substr(signature.size(), bytes.size() - sum_bytes - signature.size()));
    ArchiveIndex index;
    index.common_folder_ = in.text();
    for (std::uint64_t left = in.number(); left > 0; --left) {
        File& file = index.files_.emplace_back();
        file.path = in.text();
        file.bytes = in.number();
        file.modified = static_cast<std::int64_t>(in.number());
        const std::uint64_t zip = in.number();
        if (zip > 1) throw InputError("an index of an archive is damaged");
        file.zip = zip == 1;
    }
    const std::uint64_t entries = in.number();
    constexpr std::size_t entry_bytes = 5 * sizeof(std::uint64_t);
    if (entries != in.left() / entry_bytes || in.left() % entry_bytes != 0)
        throw InputError("an index of an archive is damaged");
    index.entries_.reserve(entries);
    for (std::uint64_t i = 0; i < entries; ++i) {
        Entry& entry = index.entries_.emplace_back();
        for (std::uint64_t& part : entry.key) part = in.number();
        entry.member.place = in.number();
        entry.member.size = in.number();
        const std::uint64_t file = in.number();
        const bool in_order = i == 0 || index.entries_[i - 1].key < entry.key;
        if (!in_order || file >= index.files_.size() || entry.member.place > index.files_[file].bytes)
            throw InputError("an index of an archive is damaged");
        entry.member.file = static_cast<std::uint32_t>(file);
    }
    return index;
}

bool ArchiveIndex::is_of(const fs::path& archive) const {
    const auto now = files_of(archive);
    return std::equal(now.begin(), now.end(), files_.begin(), files_.end(), [](const File& a, const File& b) {
        return a.path == b.path && a.bytes == b.bytes && a.modified == b.modified;
    });
}

std::optional<ArchiveMember> ArchiveIndex::find(std::string_view path) const {
    const Key key = key_of(path);
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), key,
                                        [](const Entry& entry, const Key& wanted) { return entry.key < wanted; });
    if (found == entries_.end() || found->key != key) return std::nullopt;
    return found->member;
}

}  // namespace semscope::data
