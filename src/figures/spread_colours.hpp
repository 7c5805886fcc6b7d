#pragma once

#include "semscope/figures/colour.hpp"

#include <cstddef>
#include <vector>

namespace semscope::figures {

/// `count` colours, each as far in OKLab from black, white and all earlier ones as can be.
std::vector<Rgb> spread_area_colours(std::size_t count);

/// For each wish a colour with at least 4.5 contrast with white: the wish darkened where that keeps far enough from all
/// earlier results and from black, else the nearest colour that does, else the one farthest from them.
std::vector<Rgb> spread_text_colours(const std::vector<Rgb>& wishes);

}  // namespace semscope::figures
