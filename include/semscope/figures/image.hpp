#pragma once

#include "semscope/figures/colour.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace semscope::figures {

/// Rows of pixels of three bytes, red, green, blue, without padding.
struct RgbImage {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> pixels;  ///< 3 * width * height

    Rgb at(std::size_t x, std::size_t y) const {
        const std::uint8_t* pixel = &pixels[3 * (y * width + x)];
        return {pixel[0], pixel[1], pixel[2]};
    }
};

/// A semantic class for each pixel, row by row; 0 = unlabelled.
struct LabelImage {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint16_t> pixels;  ///< width * height

    std::uint16_t at(std::size_t x, std::size_t y) const { return pixels[y * width + x]; }
};

/// Throws InputError when an image has no pixels or its array does not fit its size.
void check(const RgbImage& image);
void check(const LabelImage& labels);

/// An image as the bytes of an eight-bit RGB PNG file, without date or software name: equal images give equal bytes.
/// `dpi` > 0 is recorded as the resolution. Throws InputError for a malformed image, LibraryError when libpng fails.
std::string encode_png(const RgbImage& image, double dpi = 0);

}  // namespace semscope::figures
