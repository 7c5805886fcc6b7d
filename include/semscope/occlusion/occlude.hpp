#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::occlusion {

/// The options of semscope-occlude, which set `settings`. Local.
cli::Options job_options(cli::Settings& settings);

/// The whole job of semscope-occlude. It checks the input and the output, prints the plan, and does the pending images.
/// It ends before the first image with --dry-run, and returns ExitCode::stopped after a stop signal. The command line
/// goes into the provenance. Collective. Throws AgreedError, the same on all ranks, when the input is bad, when a stop
/// signal comes before the first image, or when the run fails.
ExitCode run_job(const cli::RunContext& context);

}  // namespace semscope::occlusion
