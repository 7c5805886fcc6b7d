#pragma once

#include "semscope/data/image.hpp"
#include "semscope/data/label_coding.hpp"
#include "semscope/figures/colour.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace semscope::figures {

/// The colour of a pixel of an R, G, B image.
inline Rgb colour_at(const data::Image& image, std::size_t x, std::size_t y) {
    const std::uint8_t* pixel = &image.pixels[3 * (y * image.width() + x)];
    return {pixel[0], pixel[1], pixel[2]};
}

/// Throws InputError when an image has no pixels, is not R, G, B, or its array does not fit its size.
void check(const data::Image& image);
void check(const data::LabelMap& labels);

/// An R, G, B image as a PNG file, see data::encode_png. `dpi` > 0 is recorded as the resolution. Throws InputError for
/// a malformed image, LibraryError when libpng fails.
std::string png_of(const data::Image& image, double dpi = 0);

}  // namespace semscope::figures
