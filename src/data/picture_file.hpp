#pragma once

#include "semscope/data/image.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

/// The bytes of picture files, and what they may ask for before anything is allocated. All local, thread-safe.
namespace semscope::data {

using Bytes = std::vector<unsigned char>;

/// The formats that are read. Others are refused: their decoders cannot all be asked for the size before they allocate.
enum class PictureFormat { jpeg, png };

/// A file or its beginning.
struct FileContent {
    Bytes bytes;
    std::size_t size = 0;  ///< of the whole file, in bytes

    bool whole() const noexcept { return bytes.size() == size; }
};

/// Reads a regular file, or its first `limit` bytes, with one open and one fstat: on a cluster's file system these cost
/// more than the bytes. Throws UnreachableError that names the file when it cannot be opened or read, InputError when
/// it is no regular file, empty, or larger than maximum_file_bytes.
FileContent read_file(const std::filesystem::path& path, std::size_t limit = SIZE_MAX);

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
