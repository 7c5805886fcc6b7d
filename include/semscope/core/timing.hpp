#pragma once

#include "semscope/core/activity.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace semscope {

/// Seconds since an arbitrary moment, from the steady clock.
double steady_seconds();

/// When this process began, on the clock of steady_seconds, to 10 ms: before the dynamic linker loaded its libraries,
/// which takes longer than many a main. Where the system does not tell (no /proc), the moment of the call.
double process_start_seconds();

/// Wall time of one process, split among named phases: every moment belongs to exactly one of them, so that they sum to
/// the whole. One thread at a time.
class PhaseTimer {
  public:
    /// The clock has been running since `start` (steady_seconds), in `first_phase`.
    PhaseTimer(const std::string& first_phase, double start);

    /// From now on time belongs to `phase`. Returns the index of the phase that ran until now.
    std::size_t enter(const std::string& phase);
    void enter(std::size_t phase);

    /// Every change of phase is shown to `activity` from now on, which must outlive this object.
    void report_to(Activity& activity);

    struct Phase {
        std::string name;
        double seconds = 0;
    };
    /// The phases in the order of their first entry, up to this moment.
    std::vector<Phase> phases();

  private:
    void settle();

    std::vector<Phase> phases_;
    std::size_t current_ = 0;
    double since_ = 0;
    Activity* activity_ = nullptr;
};

/// Lets time belong to `phase` for a scope, and to what was before afterwards.
class PhaseScope {
  public:
    PhaseScope(PhaseTimer& timer, const std::string& phase) : timer_(timer), before_(timer.enter(phase)) {}
    ~PhaseScope() { timer_.enter(before_); }
    PhaseScope(const PhaseScope&) = delete;
    PhaseScope& operator=(const PhaseScope&) = delete;

  private:
    PhaseTimer& timer_;
    std::size_t before_;
};

}  // namespace semscope
