#pragma once

#include "semscope/comm/communicator.hpp"

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace semscope::comm {

/// What the watchdogs of neighbouring ranks tell each other.
struct Notice {
    enum Kind : int { beat, interrupt, finished };
    int kind = beat;
    int signal = 0;  ///< the stop signal of the job, 0 = none
    std::array<char, 32> phase{};
    std::array<char, 64> host{};
};

/// One end of the line between two watchdogs. Used by one thread.
class Neighbour {
  public:
    /// `patience`: seconds of silence that this side bears. `communicator` must outlive the object. Local.
    Neighbour(const Communicator& communicator, int rank, double patience);

    /// Gives up what is under way; after both sides said that they are finished there is nothing.
    ~Neighbour();
    Neighbour(const Neighbour&) = delete;
    Neighbour& operator=(const Neighbour&) = delete;

    /// The rank at the other end. Local.
    int rank() const noexcept { return rank_; }
    /// The notice that came last; an empty one before the first. Local.
    const Notice& last() const noexcept { return incoming_; }

    /// Sends. A beat is left out when several are still under way, so that they do not pile up. Local.
    void send(const Notice& notice);

    /// What has arrived since, in order. Local.
    std::vector<Notice> receive();

    /// `seconds` have passed; returns true when the silence has become too long. Local.
    bool too_silent(double seconds);

    /// True when the other side has said that it is finished and everything from here has gone out. Local.
    bool finished();

  private:
    void post();

    const Communicator& communicator_;
    int rank_;
    double patience_;
    double silence_ = 0;
    bool said_finished_ = false;
    Notice buffer_;    ///< of the receive that is posted
    Notice incoming_;  ///< the last one that came
    MPI_Request receive_ = MPI_REQUEST_NULL;
    std::deque<std::pair<MPI_Request, Notice>> under_way_;
};

}  // namespace semscope::comm
