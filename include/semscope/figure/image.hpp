#pragma once

#include "semscope/figure/colour.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace semscope::figure {

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

}  // namespace semscope::figure
