#pragma once

#include "semscope/figures/canvas.hpp"
#include "semscope/figures/deviation_map.hpp"

#include <string>

namespace semscope::figures {

/// Width that a colour bar with its numbers takes.
double colour_bar_width(const std::string& font, ValueRange range);

/// A vertical colour bar with numbers and "more relevant", "less relevant" at its ends, inside `place`.
void draw_colour_bar(Canvas& canvas, const Rect& place, const MapColours& colours, const std::string& font);

}  // namespace semscope::figures
