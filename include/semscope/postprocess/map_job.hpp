#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::postprocess {

/// The options of semscope-sdm, which set `settings`. Local.
cli::Options map_options(cli::Settings& settings);

/// The whole job of semscope-sdm. It draws the maps and panels that the options select, shared among the ranks. It adds
/// the configuration that the occlusion file records to the options, and so to the settings. Collective. Returns
/// ExitCode::stopped after a stop signal, ExitCode::bad_input when a label map has changed, else
/// ExitCode::some_without_result when one cannot be read. Throws AgreedError, the same on all ranks, when an option or
/// the file is bad, when a picture exists and must not be replaced, or when one cannot be written.
ExitCode draw_maps(const cli::RunContext& context);

}  // namespace semscope::postprocess
