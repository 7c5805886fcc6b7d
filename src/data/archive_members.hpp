#pragma once

#include <minizip/unzip.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

/// The headers of archives, by libarchive (tar) and minizip (zip). All local.
namespace semscope::data {

/// Gets the members that are files. The path is below the archive's top, and never ends with a slash.
class MemberVisitor {
  public:
    virtual ~MemberVisitor() = default;
    /// `place`: of the first byte of a tar's member; of the entry of a zip's member in the central directory.
    virtual void visit(std::string_view path, std::uint64_t place, std::uint64_t size) = 0;
};

struct CloseZip {
    void operator()(void* zip) const { unzClose(zip); }
};
/// A zip file that is open for reading; null where it could not be opened.
using Zip = std::unique_ptr<void, CloseZip>;

bool is_zip(const std::filesystem::path& path);

/// Throw InputError, which names the file and the member, for what ArchiveIndex::build refuses.
void visit_tar(const std::filesystem::path& path, MemberVisitor& visitor);
void visit_zip(const std::filesystem::path& path, MemberVisitor& visitor);

}  // namespace semscope::data
