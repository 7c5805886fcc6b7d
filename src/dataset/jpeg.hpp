#pragma once

#include "semscope/dataset/image.hpp"

#include <optional>
#include <vector>

namespace semscope::dataset {

/// Size of a JPEG from its first bytes; nothing when they do not reach the frame header.
std::optional<ImageSize> jpeg_size(const std::vector<unsigned char>& bytes);

/// Decodes a JPEG to RGB, bit for bit as libjpeg does by default. Nothing when it is of a kind that has no direct way
/// to RGB (CMYK). Throws InputError when it is truncated or damaged: libjpeg itself would fill the rest with grey.
std::optional<Image> decode_jpeg(const std::vector<unsigned char>& bytes);

}  // namespace semscope::dataset
