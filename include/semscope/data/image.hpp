#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/data/picture_tree.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
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
    std::uint64_t file_digest = 0;  ///< short_digest of the file that it was read from

    std::size_t width() const noexcept { return static_cast<std::size_t>(size.width); }
    std::size_t height() const noexcept { return static_cast<std::size_t>(size.height); }
};

/// A label map as its file holds it: rows top to bottom, `channels` values a pixel interleaved.
struct StoredLabels {
    ImageSize size;
    int channels = 1;
    int bits = 8;                     ///< of a value: 8, or 16
    std::vector<std::uint8_t> bytes;  ///< of 16 bits the higher byte first, as in PNG
    bool indexed = false;             ///< the values are indices of a palette

    std::uint16_t value(std::size_t index) const {
        return bits == 8 ? std::uint16_t{bytes[index]}
                         : static_cast<std::uint16_t>(bytes[2 * index] << 8 | bytes[2 * index + 1]);
    }
};

/// What is done about the orientation that a camera has noted in a photo's EXIF data.
enum class ExifOrientation { ignore, apply };

constexpr auto value_names(ExifOrientation /*enumeration*/) {
    return std::array<ValueName<ExifOrientation>, 2>{
        {{ExifOrientation::ignore, "ignore"}, {ExifOrientation::apply, "apply"}}};
}

/// What is read at most: larger pictures are refused by their header, before anything is allocated for them.
inline constexpr std::int64_t maximum_pixels = std::int64_t{1} << 28;
inline constexpr std::uint64_t maximum_file_bytes = std::uint64_t{1} << 30;

/// What the header of a photo says.
struct PhotoHeader {
    ImageSize size;       ///< as read_photo() gives it: of the turned photo where the orientation is applied
    int orientation = 1;  ///< EXIF: 1 = as stored, 2 .. 8
    FileIdentity identity = {};
};

/// Size and orientation of a JPEG or PNG file (by its content, whatever its name) from its header. Local, thread-safe.
/// Throws InputError when the file is missing, of another format, damaged, or larger than what is read at most.
PhotoHeader read_photo_header(const PictureTree& tree, std::string_view path,
                              ExifOrientation exif = ExifOrientation::ignore);

/// short_digest of a file of up to maximum_file_bytes, which need not be a picture. Local, thread-safe. Throws
/// InputError as read_photo_header.
std::uint64_t digest_of_picture_file(const PictureTree& tree, std::string_view path);

/// Reads a photo, JPEG or PNG, as RGB; grey and palettes are expanded, alpha dropped, 16 bits cut to 8, CMYK converted
/// as Pillow does. By default the EXIF orientation is ignored, since label maps are mostly made on the stored pixel
/// grid; applied, it turns the photo as Pillow's exif_transpose. A truncated JPEG is an error and not a photo with a
/// grey rest. Local, thread-safe. Throws InputError as read_photo_header.
Image read_photo(const PictureTree& tree, std::string_view path, ExifOrientation exif = ExifOrientation::ignore);
Image read_photo(const std::filesystem::path& path);

/// The stored size of a picture file.
ImageSize read_image_size(const std::filesystem::path& path);

/// Whether the values of a label map or the colours that they stand for are read.
enum class LabelStorage { values, colours };

/// A label map and the file that holds it.
struct LabelFile {
    StoredLabels stored;
    FileIdentity identity;
    std::uint64_t digest = 0;  ///< short_digest of the file
};

/// Reads a label map, a PNG, as stored: 1 channel, or R, G, B (alpha dropped), of 8 or 16 bits; grey of 1, 2 or 4 bits
/// is not scaled up. Of a palette file the values are the indices; as colours everything becomes R, G, B of 8 bits.
/// Local, thread-safe. Throws InputError.
LabelFile read_label_image(const PictureTree& tree, std::string_view path, LabelStorage storage = LabelStorage::values);
StoredLabels read_label_image(const std::filesystem::path& path);

/// How an image becomes a PNG file.
struct PngStyle {
    bool flat = true;  ///< a label map: packed fast, as flat areas allow; else for photos and drawings
    double dpi = 0;    ///< recorded as the resolution; 0 = none
};

/// An image of 1 channel or of R, G, B as the bytes of a PNG file, without date or software name: equal images give
/// equal bytes. Local, thread-safe. Throws LibraryError.
std::string encode_png(const Image& image, const PngStyle& style = {});
std::string encode_png(const StoredLabels& labels);

/// An image of R, G, B as the bytes of a baseline JPEG file with halved colour resolution; `quality` from 1 to 100.
/// Local, thread-safe. Throws LibraryError.
std::string encode_jpeg(const Image& image, int quality);

/// "libjpeg-turbo 2.1.5, libpng 1.6.39", for the provenance.
std::string library_description();

}  // namespace semscope::data
