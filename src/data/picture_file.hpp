#pragma once

#include "semscope/data/image.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

/// The bytes of picture files, and what they may ask for before anything is allocated. All local, thread-safe.
namespace semscope::data {

/// The formats that are read. Others are refused: their decoders cannot all be asked for the size before they allocate.
enum class PictureFormat { jpeg, png };

/// The format by the first bytes, whatever the name says. Throws InputError (without the path) for any other.
PictureFormat format_of(const Bytes& bytes);

/// Throws InputError (without the path) when a header asks for no pixels, for more than maximum_pixels, or for so many
/// that `file_bytes` cannot hold them at the densest packing that is known of the format.
void require_plausible(ImageSize size, std::size_t file_bytes);

/// Size of a JPEG from its first bytes; nothing when they do not reach the frame header.
std::optional<ImageSize> jpeg_size(const std::vector<unsigned char>& bytes);

/// Decodes a JPEG to RGB, bit for bit as libjpeg does by default, and CMYK (taken as Adobe's, inverted) as Pillow does.
/// Throws InputError, without a path, when it is truncated or damaged (libjpeg itself would fill the rest with grey) or
/// has more pixels than are read.
Image decode_jpeg(const std::vector<unsigned char>& bytes);

}  // namespace semscope::data
