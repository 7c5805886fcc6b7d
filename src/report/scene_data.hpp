#pragma once

#include "run_data.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/results/statistics_file.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::report {

/// Describes scenes as their pages load them; docs/formats.md has the layout. Local. The arguments must outlive this.
class SceneData {
  public:
    SceneData(const results::StatisticsReader& file, const cli::FigureSettings& figures, const Run& run,
              std::span<const SceneGalleries> galleries);

    nlohmann::ordered_json describe(std::uint64_t scene) const;

  private:
    nlohmann::ordered_json classes(std::uint64_t scene) const;
    /// Numbers of Shapley values of some classes, a list for each column.
    nlohmann::ordered_json shapley(std::uint64_t scene, std::span<const std::uint16_t> shown) const;
    /// Figures of what only files with attributions have.
    void add_attribution_figures(std::uint64_t scene, nlohmann::ordered_json& json) const;
    nlohmann::ordered_json gallery(std::uint64_t scene, Gallery kind) const;
    /// SVG, or null where there is nothing to draw.
    nlohmann::ordered_json box_plot(const postprocess::SceneCharts& charts, std::uint64_t scene,
                                    std::optional<figures::ValueRange> range) const;
    nlohmann::ordered_json distribution(std::uint64_t scene) const;
    nlohmann::ordered_json cloud(std::uint64_t scene, CloudSet set) const;

    const results::StatisticsReader& file_;
    const cli::FigureSettings& figures_;
    const Run& run_;
    std::span<const SceneGalleries> galleries_;
    postprocess::SceneCharts charts_;
    std::optional<postprocess::SceneCharts> shapley_charts_;  ///< of files with Shapley values
    std::vector<std::string> semantics_;
    figures::Palette palette_;
    std::vector<Confusion> confusions_;
    std::optional<figures::ValueRange> range_;  ///< of all box plots, for a common axis
    std::optional<figures::ValueRange> shapley_range_;
};

}  // namespace semscope::report
