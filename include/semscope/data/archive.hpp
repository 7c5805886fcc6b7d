#pragma once

#include "semscope/data/picture_tree.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Pictures in archives that stay packed: millions of small files are more than many file systems can bear.
namespace semscope::data {

/// Where a member is.
struct ArchiveMember {
    std::uint64_t place = 0;  ///< tar: of its first byte in the file; zip: of its entry in the central directory
    std::uint64_t size = 0;   ///< bytes, unpacked
    std::uint32_t file = 0;   ///< which of the archive's files
};

/// What an archive holds: a plain tar, a zip, or a folder of plain tar files (shards). Members are found by a 128-bit
/// hash of their path, 40 bytes a member. Immutable; all calls are local and thread-safe.
class ArchiveIndex {
  public:
    /// One file of the archive, as it was when it was indexed.
    struct File {
        std::string path;
        std::uint64_t bytes = 0;
        std::int64_t modified = 0;  ///< nanoseconds since 1970
        bool zip = false;
    };

    /// Reads the headers of all members. `tick` is called now and then and may throw to end it. Throws InputError that
    /// names the archive and the member for what is not a plain tar or zip: compressed and sparse tars, members that
    /// are links or devices, that are encrypted, whose path is absolute, leaves its folder or stands twice.
    static ArchiveIndex build(
        const std::filesystem::path& archive, const std::function<void()>& tick = [] {});

    /// The index as bytes, and back. Throws InputError when they are damaged.
    std::string serialise() const;
    static ArchiveIndex parse(std::string_view bytes);

    /// Whether it is the index of what `archive` is now, by the names, sizes and dates of its files.
    bool is_of(const std::filesystem::path& archive) const;

    std::size_t size() const noexcept { return entries_.size(); }
    std::span<const File> files() const noexcept { return files_; }
    /// The folder that all members are in; "" where there is none.
    const std::string& common_folder() const noexcept { return common_folder_; }
    std::optional<ArchiveMember> find(std::string_view path) const;

  private:
    using Key = std::array<std::uint64_t, 2>;
    struct Entry {
        Key key{};
        ArchiveMember member;
    };
    friend class ArchiveBuilder;

    static Key key_of(std::string_view path);

    std::vector<File> files_;
    std::vector<Entry> entries_;  ///< by ascending key
    std::string common_folder_;
};

/// The members of an archive as files. Reads them in place: of a tar with one pread each.
class ArchiveTree : public PictureTree {
  public:
    /// `folder`: the one inside the archive that paths are relative to, "" = the top. Where all members are in one
    /// folder, that folder may be left out of `folder`.
    explicit ArchiveTree(std::shared_ptr<const ArchiveIndex> index, std::string folder = "");
    ~ArchiveTree() override;

    std::string name(std::string_view path) const override;
    FileContent read(std::string_view path, std::size_t limit = SIZE_MAX) const override;

  private:
    struct OpenFiles;

    std::optional<ArchiveMember> find(std::string_view path) const;

    std::shared_ptr<const ArchiveIndex> index_;
    std::string folder_;
    std::unique_ptr<OpenFiles> open_;
};

}  // namespace semscope::data
