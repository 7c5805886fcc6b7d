#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::statistics {

/// The options of semscope-reduce, which set `settings`. Local.
cli::Options job_options(cli::Settings& settings);

/// The whole job of semscope-reduce. It checks the occlusion file and the output paths, computes the statistics, writes
/// the statistics file and the texts beside it under their lock, and prints the evaluation. The command line goes into
/// the provenance. Collective. Throws AgreedError, the same on all ranks, when the input is bad or a file cannot be
/// written; the temporary files are then removed.
ExitCode run_job(const cli::RunContext& context);

}  // namespace semscope::statistics
