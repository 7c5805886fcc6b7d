#pragma once

#include "semscope/network/segmenter.hpp"

#include <torch/script.h>

#include <span>

namespace semscope::network {

/// The logits [K,h,w] of a photo and, where it was mirrored too, those of the mirror image turned back.
struct PhotoLogits {
    at::Tensor plain;
    at::Tensor mirrored;  ///< undefined = none
};

/// The classes of every pixel at the size `stored`, see Segmenter::segment. Works in strips of rows, so that the memory
/// stays bounded whatever the size of the photo.
Segmentation best_classes(const PhotoLogits& logits, data::ImageSize stored, std::span<const std::uint16_t> mapping,
                          float min_confidence);

}  // namespace semscope::network
