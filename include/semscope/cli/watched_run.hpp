#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/activity.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/job/watchdog.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace semscope::cli {

/// What accompanies a long run from its beginning to its end.
struct RunContext {
    std::string program;    ///< for messages
    cli::Options& options;  ///< an "auto" in them may be settled
    const cli::Settings& settings;
    const comm::Communicator& communicator;
    job::Watchdog& watchdog;
    Activity& activity;
    PhaseTimer& timer;
    cli::Log log;
    double process_start = 0;  ///< see process_start_seconds: start-up is all of it
};

/// Ends the run when a stop signal came before there is anything to save. Local; callers agree. Throws StoppedError
/// that says how to start again: "run the same command `how`".
void check_stop(const RunContext& context, const std::string& how);

/// Options of the lock on `output` for this run: run.break-lock, and that waiting for the lock can be stopped.
/// `context` must outlive the lock's construction; `how` as in check_stop.
OutputLock::Options lock_options(const RunContext& context, const std::filesystem::path& output,
                                 const std::string& how);

/// A program with options of the vocabulary.
struct Program {
    cli::Options options;  ///< bound to `settings`
    const cli::Settings& settings;
    std::vector<std::string> libraries;  ///< what --version says beside the version
};

/// The main of an MPI program that runs for long: as mpi_main, and stop signals are caught, the watchdog of run.stall
/// watches, and the phases are timed.
int watched_main(int argc, char** argv, Program program, const std::function<ExitCode(const RunContext&)>& run);

}  // namespace semscope::cli
