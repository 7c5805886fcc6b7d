#pragma once

#include "bitmap.hpp"
#include "semscope/figure/text.hpp"

#include <string>

namespace semscope::figure {

/// The pixels that a text touches, however lightly.
struct TextMask {
    Bitmap pixels;
    int left = 0;  ///< of the mask's corner, in pixels from the start of the baseline
    int top = 0;   ///< negative: above the baseline
};

/// Draws a text at `scale` pixels a point, its baseline starting on a corner of the pixel grid.
TextMask mask_of(const std::string& text, const Font& font, double scale);

}  // namespace semscope::figure
