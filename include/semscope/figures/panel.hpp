#pragma once

#include "semscope/figures/deviation_map.hpp"
#include "semscope/figures/picture.hpp"

#include <optional>
#include <string>
#include <vector>

namespace semscope::figures {

/// What a panel shows: photo, segmentation, score deviation map and colour bar of one image.
struct Panel {
    std::string image;                         ///< name of the image, for the title
    std::string scene;                         ///< true scene; empty = unknown
    std::string predicted;                     ///< predicted scene, the one whose deviations are shown
    double probability = 0;                    ///< of the predicted scene, without anything inhibited
    std::string quantity = "Score deviation";  ///< what the map shows
    std::optional<RgbImage> photo;             ///< none = "photo not found"; any size
    LabelImage labels;                         ///< the map has this size
    std::vector<float> deviations;             ///< d_s of the predicted scene, or its Shapley values, s = 0 .. S-1
    std::vector<std::string> names;            ///< of the classes, s = 0 .. S-1
    std::vector<bool> unseen;                  ///< by class: in the labels, and not seen by the network; empty = none
    std::optional<Rect> seen;  ///< what the network saw, as shares of width and height; framed in the photo
    MapScale scale = MapScale::image;
    ValueRange scene_range;           ///< for MapScale::scene and all: range over all their maps
    std::optional<ValueRange> range;  ///< fixed ends of the colours
    std::optional<double> width;      ///< of each picture, in points; none = 360 x 224 at most
    bool legend = false;              ///< names that do not fit get a number, and a legend below
    std::string font{default_font};
};

/// The panel as a picture. The palette is Palette::for_classes(names.size()) unless one is given.
/// Throws InputError when labels, deviations and names do not fit each other, before anything is drawn.
Picture draw_panel(Panel panel);
Picture draw_panel(Panel panel, const Palette& palette);

/// Several panels below each other, with one colour bar and one legend for all.
struct Sheet {
    std::vector<Panel> rows;           ///< the members scale, scene_range, range, width, legend and font do not count
    MapScale scale = MapScale::image;  ///< symmetric, or else from the smallest to the largest deviation of all rows
    std::optional<ValueRange> range;   ///< fixed ends of the colours
    double width = 200;                ///< of each picture, in points
    std::string font{default_font};
};

/// The sheet as a picture. Throws InputError without rows, and as draw_panel.
Picture draw_sheet(Sheet sheet, const Palette& palette);

}  // namespace semscope::figures
