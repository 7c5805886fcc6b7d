#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::data {

/// Size of an image in pixels.
struct ImageSize {
    int width = 0;
    int height = 0;
    bool operator==(const ImageSize&) const = default;
};

/// An 8-bit image: rows top to bottom, `channels` values a pixel interleaved (3 = R, G, B).
struct Image {
    ImageSize size;
    int channels = 3;
    std::vector<std::uint8_t> pixels;
    bool indexed = false;           ///< of a label image: the values are indices of a palette
    std::uint64_t file_digest = 0;  ///< short_digest of the file that it was read from
};

/// What is read at most: larger pictures are refused by their header, before anything is allocated for them.
inline constexpr std::int64_t maximum_pixels = std::int64_t{1} << 28;
inline constexpr std::uint64_t maximum_file_bytes = std::uint64_t{1} << 30;

/// Stored size of a JPEG or PNG file (by its content, whatever its name) from its header. Local, thread-safe. Throws
/// InputError when the file is missing, of another format, damaged, or larger than what is read at most.
ImageSize read_image_size(const std::filesystem::path& path);

/// short_digest of a file of up to maximum_file_bytes, which need not be a picture. Local, thread-safe. Throws
/// InputError as read_image_size.
std::uint64_t digest_of_picture_file(const std::filesystem::path& path);

/// Reads a photo, JPEG or PNG, as RGB; grey and palettes are expanded, alpha dropped, 16 bits cut to 8, CMYK converted
/// as Pillow does. The EXIF orientation is ignored, since label maps are made on the stored pixel grid. A truncated
/// JPEG is an error and not a photo with a grey rest. Local, thread-safe. Throws InputError as read_image_size.
Image read_photo(const std::filesystem::path& path);

/// Reads a label map, a PNG, as stored: 1 channel, or R, G, B (alpha dropped). Of a palette file the indices, not the
/// colours; grey of 1, 2 or 4 bits is not scaled up. Local, thread-safe. Throws InputError, also when it is deeper than
/// 8 bits.
Image read_label_image(const std::filesystem::path& path);

/// How an image becomes a PNG file.
struct PngStyle {
    bool flat = true;  ///< a label map: packed fast, as flat areas allow; else for photos and drawings
    double dpi = 0;    ///< recorded as the resolution; 0 = none
};

/// An image of 1 channel or of R, G, B as the bytes of a PNG file, without date or software name: equal images give
/// equal bytes. Local, thread-safe. Throws LibraryError.
std::string encode_png(const Image& image, const PngStyle& style = {});

/// An image of R, G, B as the bytes of a baseline JPEG file with halved colour resolution; `quality` from 1 to 100.
/// Local, thread-safe. Throws LibraryError.
std::string encode_jpeg(const Image& image, int quality);

/// "libjpeg-turbo 2.1.5, libpng 1.6.39", for the provenance.
std::string library_description();

}  // namespace semscope::data
