#pragma once

#include "semscope/figure/geometry.hpp"
#include "semscope/figure/image.hpp"
#include "semscope/figure/text.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::figure {

/// How names are written into the regions of a segmentation.
struct NameOptions {
    std::string family{default_font};
    double scale = 1;     ///< points a label pixel
    double smallest = 6;  ///< font sizes tried, in points
    double largest = 10;
    double rim = 2;             ///< points kept free around the glyphs, for the halo
    double area_share = 0.006;  ///< smaller regions, as a share of the map, get no name
};

/// A name inside a region. Lengths in points from the map's upper left corner.
struct RegionName {
    std::string text;
    std::uint16_t label = 0;
    Font font;
    Point baseline;  ///< where the text starts
    Rect box;        ///< the glyphs and the rim around them; lies inside one region
};

/// Writes the short name of its class into each connected region where it fits, as large as fits, where it has most
/// room. Unlabelled pixels get none. As every box lies inside its own region, names never overlap.
/// `names` is indexed by class; throws InputError when the map has a class without name.
std::vector<RegionName> place_names(const LabelImage& labels, std::span<const std::string> names,
                                    const NameOptions& options);

}  // namespace semscope::figure
