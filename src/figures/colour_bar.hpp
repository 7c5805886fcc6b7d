#pragma once

#include "semscope/figures/canvas.hpp"
#include "semscope/figures/deviation_map.hpp"

#include <string>

namespace semscope::figures {

/// What stands above and below a colour bar.
struct BarWords {
    std::string high = "more relevant";
    std::string low = "less relevant";
};

/// Width that a colour bar with its numbers takes.
double colour_bar_width(const std::string& font, ValueRange range, const BarWords& words = {});

/// A vertical colour bar with numbers, and words at its ends, inside `place`.
void draw_colour_bar(Canvas& canvas, const Rect& place, const MapColours& colours, const std::string& font,
                     const BarWords& words = {});

}  // namespace semscope::figures
