#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::cli {

/// One phase of a run: seconds of the mean and the slowest rank.
struct TimedPhase {
    std::string name;
    double mean_seconds = 0;
    double max_seconds = 0;
};

/// What the table at the end of a run says.
struct RunSummary {
    std::vector<TimedPhase> phases;
    double wall_seconds = 0;
    double run_seconds = 0;  ///< from the first batch to the last write; the rates refer to it
    unsigned long long images = 0;
    unsigned long long unreadable = 0;
    unsigned long long not_finite = 0;
    unsigned long long forwards = 0;
    unsigned long long padding = 0;
    unsigned long long checkpoints = 0;
    int ranks = 1;
    double imbalance = 1;                       ///< slowest rank / mean, of the time in forwards
    unsigned long long peak_memory = 0;         ///< bytes, of the rank that had most at one time
    unsigned long long peak_device_memory = 0;  ///< the same of its GPU; 0 = none, or not known

    double images_per_second() const;
    double forwards_per_second() const;
    double padded_share() const;
    /// Share of the wall time that the phases account for.
    double accounted_share() const;
};

/// The table for people.
std::string format_table(const RunSummary& summary);

/// The same as JSON.
std::string format_json(const RunSummary& summary);

}  // namespace semscope::cli

/// What the programs that run a network print after their run.
namespace semscope::cli {

/// What a rank did.
struct RunCounts {
    std::uint64_t images = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t not_finite = 0;  ///< images with scores that are not finite
    std::uint64_t forwards = 0;
    std::uint64_t padding = 0;
    std::uint64_t checkpoints = 0;         ///< the same on every rank; 0 for a program that has none
    std::uint64_t peak_device_memory = 0;  ///< bytes, see network::peak_device_memory
};

struct RunTimes {
    double process_start = 0;  ///< of this rank, steady_seconds
    double run_seconds = 0;    ///< of the run proper, the largest over the ranks
};

/// Lists images of all ranks, a line each, below a heading on rank 0's log. Collective. Returns their number.
std::uint64_t report_images(const std::vector<std::string>& own, const std::string& heading,
                            const comm::Communicator& communicator, const cli::Log& log);

/// Prints the timing table on rank 0 and writes it as JSON. Collective. Throws AgreedError when the file cannot be
/// written.
void report_run(const RunCounts& counts, PhaseTimer& timer, const RunTimes& times,
                const comm::Communicator& communicator, const std::filesystem::path& json);

}  // namespace semscope::cli
