#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/data/image.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace semscope::data {

/// Which channel of a label PNG holds the class.
enum class LabelChannel { red, green, blue, gray };

constexpr auto value_names(LabelChannel /*enumeration*/) {
    return std::array<ValueName<LabelChannel>, 4>{{{LabelChannel::red, "red"},
                                                   {LabelChannel::green, "green"},
                                                   {LabelChannel::blue, "blue"},
                                                   {LabelChannel::gray, "gray"}}};
}

/// What a label PNG holds for a class.
enum class LabelEncoding {
    index,        ///< a number in one channel, of 8 or 16 bits
    ade20k_full,  ///< class = R / 10 * 256 + G, as the full ADE20K has it (its index_ade20k.pkl); blue is the instance
    colours,      ///< a colour that a table names
    cityscapes_ids  ///< an id of Cityscapes' labelIds, of which 19 classes are evaluated (its labels.py)
};

constexpr auto value_names(LabelEncoding /*enumeration*/) {
    return std::array<ValueName<LabelEncoding>, 4>{{{LabelEncoding::index, "index"},
                                                    {LabelEncoding::ade20k_full, "ade20k-full"},
                                                    {LabelEncoding::colours, "colours"},
                                                    {LabelEncoding::cityscapes_ids, "cityscapes-ids"}}};
}

/// How a stored value becomes a class. Of an index: (value + offset) modulo 256, or modulo 65536 where the file has 16
/// bits; the result `unlabelled` becomes class 0. The other encodings know what means no class.
struct LabelCoding {
    LabelChannel channel = LabelChannel::blue;
    int offset = 1;
    int unlabelled = 0;
    LabelEncoding encoding = LabelEncoding::index;
    std::filesystem::path colours = {};  ///< table of the encoding `colours`
};

/// A label map: class 0 (unlabelled) .. S-1 of each pixel, rows top to bottom.
struct LabelMap {
    ImageSize size;
    std::vector<std::uint16_t> labels;
    std::uint64_t file_digest = 0;  ///< short_digest of the file that it was read from

    std::size_t width() const noexcept { return static_cast<std::size_t>(size.width); }
    std::size_t height() const noexcept { return static_cast<std::size_t>(size.height); }
    std::uint16_t at(std::size_t x, std::size_t y) const { return labels[y * width() + x]; }
};

/// Bits that a label map of `semantics` classes (S) needs for each value: 8 or 16.
int label_bits(std::size_t semantics);

/// The value that stands for class `semantic` in a file of so many bits: what a LabelDecoder makes it again. Encoding
/// index only. Local, pure.
std::uint16_t stored_value(std::uint16_t semantic, const LabelCoding& coding, int bits);

/// Throws UsageError when the coding cannot hold each of the classes 0 .. semantics - 1, or is no index. Local, pure.
void require_codable(const LabelCoding& coding, std::size_t semantics);

/// Makes classes of what label PNGs hold. Immutable; all calls are local and thread-safe.
class LabelDecoder {
  public:
    /// `semantics`: the names of the classes, S of them; one that is unnamed_class() is a gap in the numbers. Reads the
    /// table of colours, lines `red green blue class`, the class by its name or index, or "ignore". Throws InputError
    /// that lists what is wrong with it, UsageError when the encoding and the other settings or S do not fit.
    LabelDecoder(const LabelCoding& coding, std::span<const std::string> semantics);

    /// What decode() needs.
    LabelStorage storage() const noexcept;

    /// The classes of a label map. Of an index, a one-channel file serves for every channel; of a file with a palette
    /// the indices are taken, with LabelChannel::gray only. Throws InputError, without the name of the file, when the
    /// file has not the channels or bits of the encoding, or holds a value that means no class: it says which, and
    /// where.
    LabelMap decode(const StoredLabels& stored) const;

  private:
    std::size_t channel_of(const StoredLabels& stored) const;
    void require_known(std::uint16_t highest, const LabelMap& map) const;
    LabelMap decode_index(const StoredLabels& stored) const;
    LabelMap decode_ade20k(const StoredLabels& stored) const;
    LabelMap decode_colours(const StoredLabels& stored) const;

    struct Colour {
        std::uint32_t rgb = 0;
        std::uint16_t semantic = 0;
    };
    LabelCoding coding_;
    std::vector<bool> known_;                 ///< [S]
    std::vector<Colour> colours_;             ///< ascending
    std::array<std::uint16_t, 256> bytes_{};  ///< class of each value of 8 bits
};

}  // namespace semscope::data
