#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/figures/colour.hpp"
#include "semscope/figures/colour_map.hpp"
#include "semscope/figures/image.hpp"
#include "semscope/figures/picture.hpp"

#include <optional>
#include <span>
#include <string>
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

/// Smallest and largest deviation among the pixels. Throws InputError as deviation_of() and check() do.
ValueRange deviation_range(const LabelImage& labels, std::span<const float> deviations);

/// Colours for a map whose own range is `own`, in a scene whose maps together have the range `scene`.
MapColours map_colours(MapScale scale, ValueRange own, ValueRange scene);

/// The score deviation map: for each label pixel the colour of its deviation (ColourMap::level_of), nothing else.
RgbImage deviation_map(const LabelImage& labels, std::span<const float> deviations, const MapColours& colours);

/// For each label pixel the area colour of its class.
RgbImage segmentation(const LabelImage& labels, const Palette& palette);

/// What a panel shows: photo, segmentation, score deviation map and colour bar of one image.
struct Panel {
    std::string image;               ///< name of the image, for the title
    std::string scene;               ///< true scene; empty = unknown
    std::string predicted;           ///< predicted scene, the one whose deviations are shown
    double probability = 0;          ///< of the predicted scene, without anything inhibited
    std::optional<RgbImage> photo;   ///< none = "photo not found"; any size
    LabelImage labels;               ///< the map has this size
    std::vector<float> deviations;   ///< d_s of the predicted scene, s = 0 .. S-1
    std::vector<std::string> names;  ///< of the classes, s = 0 .. S-1
    MapScale scale = MapScale::image;
    ValueRange scene_range;  ///< for MapScale::scene: range over all maps of the scene
    std::string font{default_font};
};

/// The panel as a picture. The palette is Palette::for_classes(names.size()) unless one is given.
/// Throws InputError when labels, deviations and names do not fit each other, before anything is drawn.
Picture draw_panel(Panel panel);
Picture draw_panel(Panel panel, const Palette& palette);

}  // namespace semscope::figures
