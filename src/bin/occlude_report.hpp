#pragma once

#include "semscope/base/timing.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/run.hpp"

#include <filesystem>
#include <string>

/// What semscope-occlude prints before and after its run.
namespace semscope::bin {

/// Images to be done, their variants, forwards, bytes of output, and how the forwards are shared.
std::string describe_plan(const occlusion::Plan& plan, std::size_t scenes);

struct RunTimes {
    double process_start = 0;  ///< of this rank, steady_seconds
    double run_seconds = 0;    ///< of the run proper, the largest over the ranks
};

/// Prints the timing table on rank 0 and writes it as JSON beside the output (occlusion.h5 -> occlusion.timing.json).
/// Collective.
void report_run(const occlusion::RunReport& report, PhaseTimer& timer, const RunTimes& times, std::uint64_t unreadable,
                const mpi::Communicator& communicator, const std::filesystem::path& output);

}  // namespace semscope::bin
