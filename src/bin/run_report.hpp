#pragma once

#include "semscope/app/log.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/mpi/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// What the programs that run a network print after their run.
namespace semscope::bin {

/// What a rank did.
struct RunCounts {
    std::uint64_t images = 0;
    std::uint64_t forwards = 0;
    std::uint64_t padding = 0;
    std::uint64_t checkpoints = 0;  ///< the same on every rank; 0 for a program that has none
};

struct RunTimes {
    double process_start = 0;  ///< of this rank, steady_seconds
    double run_seconds = 0;    ///< of the run proper, the largest over the ranks
};

/// Tells of the unreadable images of all ranks on rank 0's log; `what` says what became of them. Collective. Returns
/// their number.
std::uint64_t report_unreadable(const std::vector<std::string>& own, const std::string& what,
                                const mpi::Communicator& communicator, const app::Log& log);

/// Prints the timing table on rank 0 and writes it as JSON. Collective; `unreadable` counts those of all ranks.
/// Throws AgreedError when the file cannot be written.
void report_run(const RunCounts& counts, std::uint64_t unreadable, PhaseTimer& timer, const RunTimes& times,
                const mpi::Communicator& communicator, const std::filesystem::path& json);

}  // namespace semscope::bin
