#pragma once

#include "semscope/comm/communicator.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace semscope::comm {

/// Lets rank 0 know how far all ranks are without making anybody wait: ranks send their counter now and then, rank 0
/// picks up what has arrived.
class ProgressBoard {
  public:
    /// Collective: the board has a communicator of its own. Counters are sent at most every `interval` seconds.
    ProgressBoard(const Communicator& communicator, double interval);
    ~ProgressBoard();
    ProgressBoard(const ProgressBoard&) = delete;
    ProgressBoard& operator=(const ProgressBoard&) = delete;

    /// Local and cheap. Tells how much this rank has done so far; may send it to rank 0.
    void report(std::uint64_t done);

    /// On rank 0: the sum of the latest known counters of all ranks. Local.
    std::uint64_t total();

    /// Collective. Delivers everything that is under way. To be called once, when no rank reports any more, and before
    /// the board goes away in order.
    void finish();

  private:
    void send(std::uint64_t done);
    void receive();

    Communicator communicator_;
    double interval_;
    double last_sent_;
    std::vector<std::uint64_t> done_;  ///< rank 0: latest counter of each rank
    std::deque<std::pair<MPI_Request, std::uint64_t>> under_way_;
};

}  // namespace semscope::comm
