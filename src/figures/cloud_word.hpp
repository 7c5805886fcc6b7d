#pragma once

#include "bitmap.hpp"
#include "semscope/figures/geometry.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <string>
#include <vector>

namespace semscope::figures {

/// A word of a cloud at one font size, on one line or two: what it covers, and where its lines are drawn.
struct CloudWord {
    Bitmap pixels{0, 0};            ///< of the glyphs, at cloud_scale pixels a point
    Bitmap covered{0, 0};           ///< the same, and what lies between two lines: no other word reads well there
    std::vector<PlacedLine> lines;  ///< baselines from the upper left corner of `pixels`, in points
    Rect box;                       ///< what the glyphs cover, from the same corner, in points
};

/// The ways to write a name: on one line, and, where it has blanks, on the two that are most alike in width. Short and
/// broken names are centred above each other.
std::vector<std::vector<std::string>> ways_to_write(const std::string& name, const std::string& family);

/// The lines `texts` of a name at a font size, centred.
CloudWord cloud_word(const std::vector<std::string>& texts, const std::string& family, double size);

}  // namespace semscope::figures
