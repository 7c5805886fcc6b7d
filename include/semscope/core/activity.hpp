#pragma once

#include <cstdint>
#include <mutex>
#include <string>

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

}  // namespace semscope
