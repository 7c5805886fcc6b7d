#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace semscope {

/// What the main thread of a process is doing, for a watchdog thread to look at. Thread-safe and cheap.
class Activity {
  public:
    /// The main thread is now in `phase`; counts as progress.
    void enter(const std::string& phase);

    /// The main thread has come a step further.
    void tick();

    /// For its lifetime the main thread waits for other processes: then it is not its own fault when nothing moves.
    class Waiting {
      public:
        explicit Waiting(Activity* activity) : activity_(activity) { change(1); }
        ~Waiting() { change(-1); }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

      private:
        void change(int by);

        Activity* activity_;  ///< null = nobody watches
    };

    struct Snapshot {
        std::string phase;
        std::uint64_t steps = 0;  ///< changes with every sign of progress
        bool waiting = false;
    };
    Snapshot snapshot() const;

  private:
    mutable std::mutex mutex_;
    std::string phase_ = "start-up";
    std::uint64_t steps_ = 0;
    int waits_ = 0;
};

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
