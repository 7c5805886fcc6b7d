#pragma once

#include <string>
#include <vector>

namespace semscope::app {

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
    unsigned long long forwards = 0;
    unsigned long long padding = 0;
    unsigned long long checkpoints = 0;
    int ranks = 1;
    double imbalance = 1;  ///< slowest rank / mean, of the time in forwards

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

}  // namespace semscope::app
