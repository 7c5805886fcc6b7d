#pragma once

#include "semscope/app/log.hpp"
#include "semscope/base/key_values.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/run.hpp"

#include <filesystem>
#include <string>

/// What semscope-occlude prints before and after its run.
namespace semscope::bin {

/// Images to be done, their variants, forwards, bytes of output, and how the forwards are shared: of each rank where
/// they are few, else the least and the most.
std::string describe_plan(const occlusion::Plan& plan, std::uint64_t output_bytes);

/// Tells which rank works where, one line a host. Collective. `device`, `threads`, `loaders`: of this rank.
void log_placement(const std::string& device, int threads, int loaders, const mpi::Communicator& communicator,
                   const app::Log& log);

/// Tells which MPI-IO hints are in effect, when some were asked for; a warning names those that MPI-IO ignored. Local.
void log_hints(const KeyValues& asked, const KeyValues& in_effect, const app::Log& log);

struct RunTimes {
    double process_start = 0;  ///< of this rank, steady_seconds
    double run_seconds = 0;    ///< of the run proper, the largest over the ranks
};

/// Prints the timing table on rank 0 and writes it as JSON beside the output (occlusion.h5 -> occlusion.timing.json).
/// Collective.
void report_run(const occlusion::RunReport& report, PhaseTimer& timer, const RunTimes& times, std::uint64_t unreadable,
                const mpi::Communicator& communicator, const std::filesystem::path& output);

}  // namespace semscope::bin
