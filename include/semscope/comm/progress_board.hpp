#pragma once

#include "semscope/comm/communicator.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace semscope::comm {

/// How far a rank is: what it has done, and up to three further sums whose meaning is the caller's. Plain: sent as it
/// is.
struct ProgressCounters {
    std::uint64_t done = 0;
    std::array<double, 3> sums{};
};

/// Lets rank 0 know how far all ranks are without making anybody wait: ranks send their counter now and then, rank 0
/// picks up what has arrived.
class ProgressBoard {
  public:
    /// Collective: the board has a communicator of its own. Counters are sent at most every `interval` seconds.
    ProgressBoard(const Communicator& communicator, double interval);
    ~ProgressBoard();
    ProgressBoard(const ProgressBoard&) = delete;
    ProgressBoard& operator=(const ProgressBoard&) = delete;

    /// Local and cheap. Tells how far this rank is; may send it to rank 0.
    void report(const ProgressCounters& own);

    /// On rank 0: the sum of the latest known counters of all ranks. Local.
    ProgressCounters total();

    /// Collective. Delivers everything that is under way, and the last counters of every rank. To be called once, when
    /// no rank reports any more, and before the board goes away in order.
    void finish();

  private:
    void send();
    void start_sending();
    void receive();

    Communicator communicator_;
    double interval_;
    double last_sent_;
    ProgressCounters latest_;  ///< other ranks: what was reported last
    bool latest_is_sent_ = true;
    std::vector<ProgressCounters> known_;  ///< rank 0: latest counters of each rank
    std::deque<std::pair<MPI_Request, ProgressCounters>> under_way_;
};

}  // namespace semscope::comm
