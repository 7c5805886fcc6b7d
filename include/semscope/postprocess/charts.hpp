#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::postprocess {

/// The options of semscope-boxplot, which set `settings`. Local.
cli::Options chart_options(cli::Settings& settings);

/// The whole job of semscope-boxplot. It draws the box plot and the distribution of each selected scene. It says which
/// scenes have none, and why. Local. Throws UsageError and InputError for bad options, a bad statistics file, or files
/// that exist and must not be replaced. Throws IoError when a file cannot be written.
ExitCode draw_charts(const cli::Settings& settings);

/// The options of semscope-wordcloud, which set `settings`. Local.
cli::Options cloud_options(cli::Settings& settings);

/// The whole job of semscope-wordcloud. It draws the word cloud of each selected scene and writes the words as JSON
/// beside it. It says which scenes have none, and why. Local. Throws UsageError and InputError for bad options, a bad
/// statistics file, or files that exist and must not be replaced. Throws IoError when a file cannot be written.
ExitCode draw_clouds(const cli::Settings& settings);

}  // namespace semscope::postprocess
