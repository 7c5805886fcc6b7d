#pragma once

#include "semscope/cli/settings.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/figures/bar_chart.hpp"
#include "semscope/figures/box_plot.hpp"
#include "semscope/results/statistics_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace semscope::postprocess {

using semscope::BoxOrder;
using semscope::CloudSet;

/// From a statistics file to the charts of its scenes.
class SceneCharts {
  public:
    /// Takes attribution, order, share, font and palette from the settings. `file` must outlive this. Throws InputError
    /// for a bad palette.
    SceneCharts(const results::StatisticsReader& file, const cli::FigureSettings& settings);

    const std::vector<std::string>& scenes() const noexcept { return scenes_; }

    /// Deviations, or Shapley values, of the correct predictions of a scene, one box for each class whose mean exceeds
    /// the threshold that the statistics were made with; no boxes when there is none. The axis is left open.
    figures::BoxPlot box_plot(std::uint64_t scene) const;

    /// Shares of pixels in the scene's images and in those predicted as it.
    figures::BarChart distribution(std::uint64_t scene) const;

    /// The range that holds the boxes of all scenes.
    figures::ValueRange common_range() const;

  private:
    const results::StatisticsReader& file_;
    Attribution attribution_;
    BoxOrder order_;
    double share_;
    std::string font_;
    std::vector<std::string> scenes_;
    std::vector<std::string> semantics_;
    std::optional<figures::Palette> palette_;  ///< of figures.palette, if one is given
};

/// How much a class distracts, from 0 to 1: the share of the scene's missed images that become right without it (its
/// flips), or how far its mean deviation lies below 0, whichever is more; 0 unless it belongs to the distracting set.
double distracting_value(std::uint32_t flips, std::uint32_t missed, double mean, double threshold);

/// For each class what its word counts in the cloud of a scene; 0 or NaN where it has none.
std::vector<double> cloud_values(const results::StatisticsReader& file, std::uint64_t scene, CloudSet set,
                                 Attribution attribution = Attribution::occlusion);

}  // namespace semscope::postprocess
