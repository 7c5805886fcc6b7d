#pragma once

#include "semscope/figures/image.hpp"
#include "semscope/figures/picture.hpp"

#include <optional>
#include <string>
#include <vector>

namespace semscope::figures {

/// A photo of a scene, and what stands below it.
struct ScenePhoto {
    data::Image photo;
    std::string caption;
};

/// One scene in one figure: photos, box plot and word cloud.
struct SceneFigure {
    std::string scene;
    std::string subtitle;  ///< on what the numbers stand
    std::vector<ScenePhoto> photos;
    std::optional<Picture> box_plot;
    std::optional<Picture> word_cloud;
    double width = 720;  ///< points
    std::string font{default_font};
};

/// The figure as a picture: the photos in a row, below them box plot and word cloud side by side, or one above the
/// other where side by side they would be hard to read. Throws InputError when there is nothing to draw.
Picture draw_scene_figure(SceneFigure figure);

}  // namespace semscope::figures
