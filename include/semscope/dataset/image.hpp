#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::dataset {

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
};

/// Stored size of a photo or label map, from the header of the file where the format has one that can be read alone
/// (JPEG, PNG), else by decoding. Local. Throws InputError when the file is missing or not an image.
ImageSize read_image_size(const std::filesystem::path& path);

/// Reads a photo as RGB; grey is expanded, alpha dropped, 16 bits reduced to 8. The EXIF orientation is ignored, since
/// label maps are made on the stored pixel grid. A truncated JPEG is an error and not a photo with a grey rest.
/// Local, thread-safe. Throws InputError.
Image read_photo(const std::filesystem::path& path);

/// Reads a label map as stored: 1 channel, or R, G, B (alpha dropped). Local, thread-safe. Throws InputError, also when
/// it is not 8 bits deep.
Image read_label_image(const std::filesystem::path& path);

/// An image of 1 channel or of R, G, B as the bytes of a PNG file, without date or software name: equal images give
/// equal bytes. Local, thread-safe. Throws LibraryError.
std::string encode_png(const Image& image);

}  // namespace semscope::dataset
