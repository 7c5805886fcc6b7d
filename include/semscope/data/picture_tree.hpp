#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace semscope::data {

using Bytes = std::vector<unsigned char>;

/// Which file it is, whatever its name: two names of one file have equal identities. All 0 = not known.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    std::uint64_t offset = 0;  ///< within an archive

    bool known() const noexcept { return device != 0 || number != 0 || offset != 0; }
    bool operator==(const FileIdentity&) const = default;
};

/// A file or its beginning.
struct FileContent {
    Bytes bytes;
    std::size_t size = 0;  ///< of the whole file, in bytes
    FileIdentity identity;

    bool whole() const noexcept { return bytes.size() == size; }
};

/// Where pictures are read from: a folder, or archives as if they were unpacked in one. All calls are local and
/// thread-safe.
class PictureTree {
  public:
    virtual ~PictureTree() = default;

    /// What a message calls the file at `path`, which is relative to the tree.
    virtual std::string name(std::string_view path) const = 0;

    /// A file, or its first `limit` bytes. Throws UnreachableError that names the file when it cannot be read,
    /// InputError that names it when it is no regular file, empty, or larger than maximum_file_bytes.
    virtual FileContent read(std::string_view path, std::size_t limit = SIZE_MAX) const = 0;
};

/// The files below a folder.
class FolderTree : public PictureTree {
  public:
    explicit FolderTree(std::filesystem::path root) : root_(std::move(root)) {}

    std::string name(std::string_view path) const override { return (root_ / path).string(); }
    /// With one open and one fstat: on a cluster's file system these cost more than the bytes.
    FileContent read(std::string_view relative, std::size_t limit = SIZE_MAX) const override;

  private:
    std::filesystem::path root_;
};

}  // namespace semscope::data
