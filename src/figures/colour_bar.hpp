#pragma once

#include "semscope/figures/canvas.hpp"
#include "semscope/figures/deviation_map.hpp"

#include <string>

namespace semscope::figures {

/// How a colour bar looks.
struct BarLook {
    std::string high = "more relevant";  ///< above it
    std::string low = "less relevant";   ///< below it
    bool shapes = false;                 ///< painted by shapes in place of an image, for pages that take no images
};

/// Width that a colour bar with its numbers takes.
double colour_bar_width(const std::string& font, ValueRange range, const BarLook& look = {});

/// A vertical colour bar with numbers, and with words at its ends, inside `place`.
void draw_colour_bar(Canvas& canvas, const Rect& place, const MapColours& colours, const std::string& font,
                     const BarLook& look = {});

}  // namespace semscope::figures
