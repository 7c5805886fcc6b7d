#pragma once

#include "semscope/figures/colour.hpp"
#include "semscope/figures/picture.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::figures {

/// Shares of pixels of one class, 0 to 1; NaN = not known (no such image), drawn as no bar.
struct Share {
    std::size_t semantic = 0;
    std::string name;
    double truth = 0;      ///< over the images of the scene
    double predicted = 0;  ///< over the images predicted as the scene
};

/// What a chart of the semantic distribution shows. The classes are drawn in the order given.
struct BarChart {
    std::string scene;
    std::uint64_t truth_images = 0;
    std::uint64_t predicted_images = 0;
    std::vector<Share> shares;
    std::vector<Rgb> swatches = {};  ///< a colour for each class, drawn at the axis; none where empty
    bool whole_maps = false;         ///< the pixels are those of whole label maps, for the caption; else of the crops
    double threshold = 0.01;         ///< the share that a class has to exceed to be shown, for the caption
    std::string font{default_font};
};

/// The classes, by index, whose share exceeds `threshold` in one of the series. Class 0 is never among them.
/// `truth`, `predicted` and `names` are indexed by class; throws InputError when their lengths differ.
std::vector<Share> shares_above(std::span<const double> truth, std::span<const double> predicted,
                                std::span<const std::string> names, double threshold = 0.01);

/// The bar chart as a picture; its width grows with the number of classes. In SVG each pair of bars is a group of class
/// "share" with data-semantic, data-name, data-truth and data-predicted (exact).
/// Throws InputError when there are no classes.
Picture draw_bar_chart(BarChart chart);

}  // namespace semscope::figures
