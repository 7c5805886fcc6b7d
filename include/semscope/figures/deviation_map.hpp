#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/figures/colour.hpp"
#include "semscope/figures/colour_map.hpp"
#include "semscope/figures/image.hpp"

#include <span>
#include <vector>

namespace semscope::figures {

using semscope::MapScale;

/// The colours of a map and what they stand for.
struct MapColours {
    const ColourMap& colours;
    ValueRange range;
};

/// The deviation that a pixel of class `label` is painted with. `deviations` holds d_s for s = 0 .. S-1.
///
/// Unlabelled pixels (class 0) have deviation 0 whatever deviations[0] holds: nothing was inhibited, row 0 of the
/// occlusion matrix is p itself. Throws InputError for a label without deviation and for one that is not finite.
double deviation_of(std::uint16_t label, std::span<const float> deviations);

/// Smallest and largest deviation among the pixels whose class is not `unseen`; {0, 0} when all are. Throws InputError
/// as deviation_of() and check() do.
ValueRange deviation_range(const data::LabelMap& labels, std::span<const float> deviations,
                           const std::vector<bool>& unseen = {});

/// Colours for a map whose own range is `own`, among maps that together have the range `shared` (MapScale::scene, all).
MapColours map_colours(MapScale scale, ValueRange own, ValueRange shared);

/// The colours of a range that is fixed: diverging for MapScale::symmetric, else plasma.
MapColours fixed_colours(MapScale scale, ValueRange range);

/// The score deviation map: for each label pixel the colour of its deviation (ColourMap::level_of), nothing else.
/// Classes that `unseen` names, by index, are hatched in grey: the network did not see them.
data::Image deviation_map(const data::LabelMap& labels, std::span<const float> deviations, const MapColours& colours,
                          const std::vector<bool>& unseen = {});

/// The labels at another width, nearest neighbour, the shape kept. Throws InputError for a width of 0.
data::LabelMap scaled(const data::LabelMap& labels, std::size_t width);

/// For each label pixel the area colour of its class.
data::Image segmentation(const data::LabelMap& labels, const Palette& palette);

}  // namespace semscope::figures
