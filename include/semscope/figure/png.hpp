#pragma once

#include "semscope/figure/image.hpp"

#include <string>

namespace semscope::figure {

/// An image as the bytes of an eight-bit RGB PNG file, without date or software name: equal images give equal bytes.
/// `dpi` > 0 is recorded as the resolution. Throws InputError for a malformed image, LibraryError when libpng fails.
std::string encode_png(const RgbImage& image, double dpi = 0);

}  // namespace semscope::figure
