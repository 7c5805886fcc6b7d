#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/data/image.hpp"
#include "semscope/data/label_map.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

/// The photos of a data set and their label maps, read as the settings ask for. All calls are local and thread-safe.
namespace semscope::data {

/// The photos of an image list.
struct Photos {
    std::shared_ptr<const PictureTree> tree;
    ExifOrientation exif = ExifOrientation::ignore;

    std::string name(std::string_view path) const { return tree->name(path); }
    PhotoHeader read_header(std::string_view path) const { return read_photo_header(*tree, path, exif); }
    Image read(std::string_view path) const { return read_photo(*tree, path, exif); }
};

/// What is done about a label map of another size than its photo.
enum class LabelResize {
    none,    ///< it is refused
    nearest  ///< it is brought to the photo's size
};

constexpr auto value_names(LabelResize /*enumeration*/) {
    return std::array<ValueName<LabelResize>, 2>{{{LabelResize::none, "none"}, {LabelResize::nearest, "nearest"}}};
}

/// The label maps of an image list.
struct LabelMaps {
    std::shared_ptr<const PictureTree> tree;
    std::shared_ptr<const LabelDecoder> decoder;
    LabelNaming naming = {};
    LabelResize resize = LabelResize::none;

    /// What a message calls the label map of a photo.
    std::string name(std::string_view photo_path) const { return tree->name(label_map_path(photo_path, naming)); }

    /// The label map of a photo, of the size that `photo` says; without `photo`, of its own. Throws InputError when it
    /// is missing, damaged, of another size (unless that is to be changed), or the very file of the photo.
    LabelMap read(std::string_view photo_path, const PhotoHeader* photo) const;
};

/// A label map file on its own. Throws InputError.
LabelMap read_label_map(const std::filesystem::path& path, const LabelDecoder& decoder);

}  // namespace semscope::data
