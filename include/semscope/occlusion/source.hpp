#pragma once

#include "semscope/dataset/image_list.hpp"
#include "semscope/dataset/label_map.hpp"
#include "semscope/dataset/preprocess.hpp"

#include <cstdint>
#include <filesystem>

namespace semscope::occlusion {

/// Where the photos and label maps of a run come from, and how they are read.
struct Source {
    dataset::ImageList images;
    std::filesystem::path image_root;
    std::filesystem::path label_root;
    dataset::LabelCoding coding;
    dataset::Geometry geometry;
    std::uint32_t min_pixels = 1;  ///< classes with fewer pixels in the crop are not inhibited
    std::size_t semantics = 0;     ///< S

    std::filesystem::path image_path(std::size_t image) const { return image_root / images.path(image); }
    std::filesystem::path label_path(std::size_t image) const {
        return dataset::label_map_path(label_root, images.path(image));
    }
};

/// The crop of the label map of an image, classes as bytes. Local, thread-safe. Throws InputError.
std::vector<std::uint8_t> read_label_crop(const Source& source, std::size_t image);

}  // namespace semscope::occlusion
