#pragma once

#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/scene_view.hpp"

#include <ostream>

/// Tables of what only files with attributions have.
namespace semscope::statistics {

/// faithfulness.csv: first all images, as those of the scene "", then the scenes that have some.
void write_faithfulness(std::ostream& out, const results::StatisticsReader& file, const SceneViews& views);

/// interactions.csv: the pairs of classes of each scene, of the images predicted as it, then of its images.
void write_interactions(std::ostream& out, const results::StatisticsReader& file, const SceneViews& views);

}  // namespace semscope::statistics
