#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/data/image.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
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

/// How a stored value becomes a class: (value + offset) modulo 256, and the result `unlabelled` becomes class 0.
struct LabelCoding {
    LabelChannel channel = LabelChannel::blue;
    int offset = 1;
    int unlabelled = 0;
};

/// A label map as stored: class 0 (unlabelled) .. S-1 of each pixel, rows top to bottom.
struct LabelMap {
    ImageSize size;
    std::vector<std::uint8_t> labels;
    std::uint64_t file_digest = 0;  ///< short_digest of the file
};

/// The value that stands for class `semantic` in a file: what read_label_map() decodes to it. Local, pure.
std::uint8_t stored_value(std::uint16_t semantic, const LabelCoding& coding);

/// Throws UsageError when the coding cannot hold each of the classes 0 .. semantics - 1. Local, pure.
void require_codable(const LabelCoding& coding, std::size_t semantics);

/// Reads a label map and decodes its classes. A one-channel file serves for every channel; of a file with a palette the
/// indices are read, with LabelChannel::gray only. Local, thread-safe. Throws InputError when the file is missing or
/// damaged, or holds a class that is not below `semantics` (S).
LabelMap read_label_map(const std::filesystem::path& path, const LabelCoding& coding, std::size_t semantics);

/// Place of the label map of an image: below `root`, the same relative path, with the ending .png.
std::filesystem::path label_map_path(const std::filesystem::path& root, std::string_view image_path);

/// A class that is present in a crop, and in how many pixels.
struct ClassCount {
    std::uint16_t semantic = 0;
    std::uint32_t pixels = 0;
    bool operator==(const ClassCount&) const = default;
};

/// The classes 1.. that cover at least `min_pixels` (at least 1) of `labels`, in ascending order: the image's variants.
std::vector<ClassCount> present_classes(const std::vector<std::uint8_t>& labels, std::uint32_t min_pixels);

/// The semantic class of each label of a segmentation network: entry k is the class of output k, 0 where the label is
/// ignored. Several labels may mean one class.
using LabelMapping = std::vector<std::uint16_t>;

/// Reads a mapping: a line for each label, `label<blank or tab>class`, the class by its name or index in `semantics`
/// (element 0 = unlabelled), or "ignore". Every label from 0 to the highest must be there once.
/// Local. Throws InputError that lists every line that is wrong, with the nearest class names.
LabelMapping read_label_mapping(const std::filesystem::path& path, std::span<const std::string> semantics);

/// The mapping of a network whose outputs are the classes themselves: `labels` outputs for S = `semantics` classes
/// including unlabelled, S - 1 of them (output k is class k + 1) or S (output 0 is unlabelled).
/// Local, pure. Throws InputError for any other number: a mapping must be given then.
LabelMapping identity_mapping(std::size_t labels, std::size_t semantics);

}  // namespace semscope::data
