#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::postprocess {

/// The options of semscope-scene, which set `settings`. Local.
cli::Options scene_options(cli::Settings& settings);

/// The whole job of semscope-scene. It composes photos, box plot and word cloud of each selected scene into one figure,
/// the scenes shared among the ranks, and says which scenes have none. It adds the configuration that the occlusion
/// file records to the options. Collective. Throws AgreedError, the same on all ranks, when an option or a file is bad,
/// when a picture exists and must not be replaced, or when one cannot be written.
ExitCode draw_scenes(cli::Options& options, const cli::Settings& settings, const comm::Communicator& communicator);

}  // namespace semscope::postprocess
