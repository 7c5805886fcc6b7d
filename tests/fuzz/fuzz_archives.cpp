// Archives and their indices. The first byte of the input says what it is: a tar or zip (by its content), or an index.
#include "harness.hpp"
#include "semscope/data/archive.hpp"

#include <memory>

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;
using fuzz::require;

/// Reads what stands under names that the seeds have; whatever an index says stays inside the archive.
void read_members(const std::shared_ptr<const data::ArchiveIndex>& index) {
    const data::ArchiveTree tree(index);
    for (const char* name : {"a.png", "val/a.png", "val/kitchen/0000.png", "top/a.jpg", "b.jpg"})
        expect_success_or_typed_error([&] {
            const data::FileContent start = tree.read(name, 100);
            require(start.bytes.size() == std::min<std::size_t>(start.size, 100), "a member of another length");
            constexpr std::size_t enough = std::size_t{1} << 24;
            if (start.size < enough) require(tree.read(name).whole(), "a member that is not whole");
        });
}

void run(std::uint8_t selector, std::string_view bytes) {
    static const fuzz::ScratchFile file("archive.tar");
    expect_success_or_typed_error([&] {
        if (selector % 4 == 0) {
            const auto index = data::ArchiveIndex::parse(bytes);
            require(index.serialise() == bytes, "an index that is not what it was read from");
            return;
        }
        file.write(bytes);
        auto index = std::make_shared<const data::ArchiveIndex>(data::ArchiveIndex::build(file.path()));
        require(index->size() > 0, "an archive without members");
        require(data::ArchiveIndex::parse(index->serialise()).size() == index->size(), "an index of another length");
        read_members(index);
    });
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) semscope::run(data[0], semscope::fuzz::as_text(data + 1, size - 1));
    return 0;
}
