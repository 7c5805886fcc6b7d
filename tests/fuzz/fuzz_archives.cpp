// Archives and their indices. The first byte of the input says what it is: a tar or zip (by its content), or an index.
// Check sums of a tar's headers and of an index are put right first (unless the first byte's highest bit is set):
// nearly every changed input would be refused at the door otherwise.
#include "harness.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/data/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

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

constexpr std::size_t digest_digits = 64;

void mend_index(std::string& bytes) {
    constexpr std::size_t sum_bytes = sizeof(std::uint64_t) + digest_digits;
    if (bytes.size() < sum_bytes) return;
    const std::string sum = sha256_of_text(std::string_view(bytes).substr(0, bytes.size() - sum_bytes));
    std::copy(sum.begin(), sum.end(), bytes.end() - static_cast<std::ptrdiff_t>(digest_digits));
    bytes[bytes.size() - sum_bytes] = static_cast<char>(digest_digits);
    std::fill_n(bytes.end() - static_cast<std::ptrdiff_t>(sum_bytes) + 1, sizeof(std::uint64_t) - 1, char{0});
}

void mend_headers(std::string& tar) {
    constexpr std::size_t block = 512;
    constexpr std::size_t magic = 257;
    constexpr std::size_t place = 148;
    constexpr std::size_t width = 8;
    for (std::size_t at = 0; at + block <= tar.size(); at += block) {
        if (tar.compare(at + magic, 5, "ustar") != 0) continue;
        std::fill_n(tar.begin() + static_cast<std::ptrdiff_t>(at + place), width, ' ');
        const auto begin = tar.begin() + static_cast<std::ptrdiff_t>(at);
        const unsigned sum =
            std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(block), 0U,
                            [](unsigned so_far, char byte) { return so_far + static_cast<unsigned char>(byte); });
        tar.replace(at + place, width, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    }
}

/// What parses is what was written, and finds what it holds.
void read_index(const std::string& bytes) {
    const auto index = std::make_shared<const data::ArchiveIndex>(data::ArchiveIndex::parse(bytes));
    require(index->serialise() == bytes, "an index that is not what it was read from");
    for (const char* name : {"a.png", "val/a.png", "top/a.jpg", ""})
        if (const auto member = index->find(name)) {
            require(member->file < index->files().size(), "a member of no file");
            require(member->place <= index->files()[member->file].bytes, "a member behind its file");
        }
}

void run(std::uint8_t selector, std::string_view input) {
    static const fuzz::ScratchFile file("archive.tar");
    std::string bytes(input);
    const bool is_index = selector % 4 == 0;
    if (selector < 128) is_index ? mend_index(bytes) : mend_headers(bytes);
    expect_success_or_typed_error([&] {
        if (is_index) return read_index(bytes);
        file.write(bytes);
        auto index = std::make_shared<const data::ArchiveIndex>(data::ArchiveIndex::build(file.path()));
        require(index->size() > 0, "an archive without members");
        require(data::ArchiveIndex::parse(index->serialise()).size() == index->size(), "an index of another length");
        require(index->is_of(file.path()), "an index of another archive");
        read_members(index);
    });
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) semscope::run(data[0], semscope::fuzz::as_text(data + 1, size - 1));
    return 0;
}
