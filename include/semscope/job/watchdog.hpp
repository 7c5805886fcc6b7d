#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"

#include <memory>
#include <string>

namespace semscope::job {

/// A thread on each rank, beside the main thread, that talks to the threads of its neighbours in a binary tree of the
/// ranks. It serves two ends:
///
/// *Interrupts.* When a rank catches a stop signal, or interrupts the others because something went wrong on it, all
/// know within a fraction of a second, although they may be busy and far from any collective call.
///
/// *Stalls.* The job is ended, with exit code 1 and a message that names rank, host and what it was doing, when the
/// main thread of some rank makes no progress for `stall_seconds` while it does not wait for others (its own thread
/// sees that), or when a rank gives no sign of life for that long, being stopped or cut off (its neighbours see that).
/// Time during which the watching process was itself suspended does not count.
///
/// Needs MPI_THREAD_MULTIPLE. With less, signals and calls of other ranks are not heard before the next collective
/// call, and a rank only watches itself; `hears_others()` tells.
class Watchdog {
  public:
    struct Options {
        std::string program;       ///< for messages
        double stall_seconds = 0;  ///< 0 = no watchdog
    };

    /// Starts the thread. Collective. `activity` must outlive the object; `communicator` need not.
    Watchdog(const comm::Communicator& communicator, Activity& activity, Options options);

    /// Ends the thread without regard to the other ranks; they see that as silence. After finish() it is in order.
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// True when MPI lets the threads of all ranks talk to each other. Local.
    bool hears_others() const noexcept;

    /// Asks all ranks to leave their work and come to the next collective call. Local.
    void interrupt_all();

    /// True when some rank interrupted all or caught a stop signal, as far as it is known here. Local and cheap.
    bool interrupted() const noexcept;

    /// The stop signal that some rank caught, as far as it is known here; 0 = none. Local and cheap.
    int stop_signal() const noexcept;

    /// Waits until all ranks have come here, then ends the thread. Collective, once, before the end of a job whose
    /// ranks all come to it.
    void finish();

  private:
    class Thread;
    std::unique_ptr<Thread> thread_;
};

}  // namespace semscope::job
