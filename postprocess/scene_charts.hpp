#pragma once

#include "semscope/figure/bar_chart.hpp"
#include "semscope/figure/box_plot.hpp"
#include "semscope/results/statistics_reader.hpp"

#include <string>
#include <vector>

namespace semscope::postprocess {

enum class BoxOrder { index, mean };

/// From a statistics file to the charts of its scenes.
class SceneCharts {
  public:
    /// `share`: share of the pixels that a class has to exceed to stand in a distribution. `file` must outlive this.
    SceneCharts(const results::StatisticsReader& file, BoxOrder order, double share, std::string font);

    const std::vector<std::string>& scenes() const noexcept { return scenes_; }

    /// Deviations of the correct predictions of a scene, one box for each class whose mean exceeds the threshold that
    /// the statistics were made with; no boxes when there is none. The axis is left open.
    figure::BoxPlot box_plot(std::uint64_t scene) const;

    /// Shares of pixels in the scene's images and in those predicted as it.
    figure::BarChart distribution(std::uint64_t scene) const;

    /// The range that holds the boxes of all scenes.
    figure::ValueRange common_range() const;

  private:
    const results::StatisticsReader& file_;
    BoxOrder order_;
    double share_;
    std::string font_;
    std::vector<std::string> scenes_;
    std::vector<std::string> semantics_;
};

}  // namespace semscope::postprocess
