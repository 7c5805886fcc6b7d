#pragma once

#include "semscope/data/image.hpp"

#include <optional>
#include <vector>

namespace semscope::data {

/// Size of a JPEG from its first bytes; nothing when they do not reach the frame header.
std::optional<ImageSize> jpeg_size(const std::vector<unsigned char>& bytes);

/// Decodes a JPEG to RGB, bit for bit as libjpeg does by default, and CMYK (taken as Adobe's, inverted) as Pillow does.
/// Throws InputError, without a path, when it is truncated or damaged (libjpeg itself would fill the rest with grey) or
/// has more pixels than are read.
Image decode_jpeg(const std::vector<unsigned char>& bytes);

}  // namespace semscope::data
