#pragma once

#include "semscope/figures/deviation_map.hpp"
#include "semscope/figures/picture.hpp"

#include <optional>
#include <string>
#include <vector>

namespace semscope::figures {

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
