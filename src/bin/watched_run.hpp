#pragma once

#include "semscope/app/log.hpp"
#include "semscope/app/options.hpp"
#include "semscope/base/activity.hpp"
#include "semscope/base/error.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/mpi/overseer.hpp"

#include <functional>
#include <string>
#include <vector>

namespace semscope::bin {

/// What accompanies a long run from its beginning to its end.
struct Watch {
    const app::Options& options;
    const mpi::Communicator& communicator;
    mpi::Overseer& overseer;
    Activity& activity;
    PhaseTimer& timer;
    app::Log log;
    double process_start = 0;  ///< steady_seconds before MPI started, so that start-up is all of it
};

/// The main of an MPI program that runs for long: as mpi_main, and stop signals are caught, the watchdog of run.stall
/// watches, and the phases are timed.
int watched_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
                 const std::function<ExitCode(const Watch&)>& run);

}  // namespace semscope::bin
