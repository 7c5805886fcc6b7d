#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::segmentation {

/// The options of semscope-segment, which set `settings`. Local.
cli::Options job_options(cli::Settings& settings);

/// The whole job of semscope-segment. It checks the input and what is in the folder of label maps, and writes the
/// missing label maps. It ends before the first photo with --dry-run, and returns ExitCode::stopped after a stop
/// signal. The command line goes into the record beside the label maps. Collective. Throws AgreedError, the same on
/// all ranks, when the input is bad, when a stop signal comes before the first photo, or when the run fails.
ExitCode run_job(const cli::RunContext& context);

}  // namespace semscope::segmentation
