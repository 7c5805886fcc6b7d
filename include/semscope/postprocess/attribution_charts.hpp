#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/curve_chart.hpp"
#include "semscope/figures/interaction_matrix.hpp"
#include "semscope/results/statistics_file.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace semscope::postprocess {

/// Mean curves of the images that are predicted as a scene, or of all images (no scene); no series when there are no
/// images. Local. Throws InputError for a file without curves that can be read.
figures::CurveChart curve_chart(const results::StatisticsReader& file, std::optional<std::uint64_t> scene,
                                const std::string& font);

/// Classes of a scene that a matrix shows, at most: those with the strongest interactions.
inline constexpr std::size_t matrix_classes = 16;

/// Mean interactions in the images that are predicted as a scene, for that scene; no cells when there are none. Classes
/// stand in the order of the sum of |mean| * images over their pairs. Local. Throws InputError for a file without
/// interactions that can be read.
figures::InteractionMatrix interaction_matrix(const results::StatisticsReader& file, std::uint64_t scene,
                                              const std::string& font);

/// The options of semscope-attribution, which set `settings`. Local.
cli::Options attribution_options(cli::Settings& settings);

/// The whole job of semscope-attribution. It draws the faithfulness curves and the interactions of each selected scene,
/// as far as output.statistics has them, and the curves over all images where figures.scene names no scenes. It says
/// which scenes have none. Local. Throws UsageError and InputError for bad options, a statistics file that is bad or
/// has neither, or files that exist and must not be replaced; IoError when a file cannot be written.
ExitCode draw_attributions(const cli::Settings& settings);

}  // namespace semscope::postprocess
