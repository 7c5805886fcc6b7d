#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"

namespace semscope::report {

/// The options of semscope-report, which set `settings`. Local.
cli::Options report_options(cli::Settings& settings);

/// The whole job of semscope-report. It reads the occlusion file and its statistics and writes the folder of
/// output.report: pages, and data that they load, images and scenes shared among the ranks. The bytes do not depend on
/// the number of ranks. The folder is made beside and renamed at the end. It adds the configuration that the occlusion
/// file records to `options`, and so to `settings`. Collective. Photos that are gone get a placeholder. Returns
/// ExitCode::bad_input when a label map has changed, else ExitCode::some_without_result when one cannot be read; the
/// report says so in its place. Throws AgreedError, the same on all ranks, when an option or a file is bad, when the
/// folder exists and must not be replaced, or when it cannot be written.
ExitCode make_report(cli::Options& options, const cli::Settings& settings, const comm::Communicator& communicator);

}  // namespace semscope::report
