#pragma once

#include "semscope/app/log.hpp"
#include "semscope/app/options.hpp"
#include "semscope/base/activity.hpp"
#include "semscope/base/error.hpp"
#include "semscope/base/output_lock.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/mpi/overseer.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace semscope::bin {

/// What accompanies a long run from its beginning to its end.
struct Watch {
    std::string program;    ///< for messages
    app::Options& options;  ///< an "auto" in them may be settled
    const mpi::Communicator& communicator;
    mpi::Overseer& overseer;
    Activity& activity;
    PhaseTimer& timer;
    app::Log log;
    double process_start = 0;  ///< see process_start_seconds: start-up is all of it
};

/// Ends the run when a stop signal came before there is anything to save. Local; callers agree. Throws StoppedError
/// that says how to start again: "run the same command `how`".
void check_stop(const Watch& watch, const std::string& how);

/// Options of the lock on `output` for this run: run.break-lock, and that waiting for the lock can be stopped.
/// `watch` must outlive the lock's construction; `how` as in check_stop.
OutputLock::Options lock_options(const Watch& watch, const std::filesystem::path& output, const std::string& how);

/// --dry-run, the same for all programs that run a network.
app::OptionSpec dry_run_option();

/// The main of an MPI program that runs for long: as mpi_main, and stop signals are caught, the watchdog of run.stall
/// watches, and the phases are timed.
int watched_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
                 const std::function<ExitCode(const Watch&)>& run);

}  // namespace semscope::bin
