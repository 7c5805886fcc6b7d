#pragma once

#include "semscope/data/label_coding.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::data {

/// How the label map of a photo is called.
struct LabelNaming {
    std::string photo_suffix = {};  ///< the end of the photo's name that is replaced; empty = its extension
    std::string suffix = ".png";    ///< by this
};

/// Place of the label map of an image: the same relative path with another end. Local, pure. Throws InputError when the
/// path does not end with naming.photo_suffix.
std::string label_map_path(std::string_view image_path, const LabelNaming& naming);

/// The same below `root`.
std::filesystem::path label_map_path(const std::filesystem::path& root, std::string_view image_path,
                                     const LabelNaming& naming = {});

/// A label map at another size: nearest neighbour, as Pillow's NEAREST. Local, pure.
LabelMap resize_labels(const LabelMap& map, ImageSize size);

/// A class that is present in a crop, and in how many pixels.
struct ClassCount {
    std::uint16_t semantic = 0;
    std::uint32_t pixels = 0;
    bool operator==(const ClassCount&) const = default;
};

/// The classes 1.. that cover at least `min_pixels` (at least 1) of `labels`, in ascending order: the image's variants.
std::vector<ClassCount> present_classes(std::span<const std::uint16_t> labels, std::uint32_t min_pixels);

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
