#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/watchdog.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace semscope::cli {

/// Turns the seconds between checkpoints into a number of steps, so that no collective call depends on a local clock:
/// all ranks know the number before they start, and meet when they have done it.
class CheckpointPace {
  public:
    /// No checkpoints: all steps are done without a break.
    CheckpointPace() : seconds_(0), maximum_steps_(UINT64_MAX), steps_(UINT64_MAX) {}

    /// `seconds` between checkpoints; at most `maximum_steps` between two, which bounds the memory of the results.
    CheckpointPace(double seconds, std::uint64_t maximum_steps) : seconds_(seconds), maximum_steps_(maximum_steps) {}

    /// Steps until the next checkpoint: one at first, to measure; then as many as the slowest rank does in the time.
    std::uint64_t steps() const noexcept { return steps_; }

    /// Learns from the last interval. `seconds_per_step` is the largest over all ranks, agreed by them; 0 = nobody did
    /// a step, nothing is learned.
    void learn(double seconds_per_step);

  private:
    double seconds_;
    std::uint64_t maximum_steps_;
    std::uint64_t steps_ = 1;
};

/// What one rank does in a distributed run, step by step.
class RankTask {
  public:
    virtual ~RankTask() = default;

    /// Does the next step. Returns false when none was left. Local: an error in it can be agreed on afterwards.
    virtual bool do_step() = 0;

    /// Completes what the steps have started. Local. Called at the end of an interval that a stop signal ends.
    virtual void drain() {}

    /// Called at the end of every other interval. May leave work in the making, which goes on while the ranks meet and
    /// save. Local. By default as drain.
    virtual void pause() { drain(); }

    /// Whether all steps are done. Local.
    virtual bool finished() const = 0;

    /// How much is done so far, in the unit of the progress. Local.
    virtual std::uint64_t done() const = 0;

    /// Sums over what this rank has done that the progress tells of. Local.
    virtual std::array<double, 3> sums() const { return {}; }

    /// What the line of the progress says of the sums of all ranks; "" = nothing. Local.
    virtual std::string describe(const std::array<double, 3>& /*sums*/) const { return ""; }

    /// Saves what was done since the last checkpoint. Collective. Called even after an error of a step.
    virtual void save() {}
};

/// How the ranks do their tasks together.
struct DistributedRun {
    const comm::Communicator& communicator;
    const Log& log;
    std::string unit;                   ///< of the progress, for messages
    std::uint64_t total = 0;            ///< what all ranks have to do, in that unit
    CheckpointPace pace = {};           ///< by default without checkpoints
    job::Watchdog* watchdog = nullptr;  ///< null: nothing stops a run but its end
    PhaseTimer* timer = nullptr;        ///< waiting for other ranks counts as the phase "idle"
};

enum class RunEnd { complete, stopped };

/// Does the tasks of all ranks, and shows the progress of all on rank 0. Collective.
///
/// The ranks do the same number of steps, then meet and save. A stop signal that the watchdog knows of ends the run
/// after the step that each rank is in and a checkpoint, unless nothing was left to do: all ranks return `stopped`. An
/// error on one rank likewise ends the run on all of them, after what is finished was saved: throws AgreedError
/// everywhere.
RunEnd run_distributed(RankTask& task, DistributedRun run);

}  // namespace semscope::cli
