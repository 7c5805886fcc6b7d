#include "semscope/comm/progress_board.hpp"

#include "semscope/core/timing.hpp"

namespace semscope::comm {

ProgressBoard::ProgressBoard(const Communicator& communicator, double interval)
    : communicator_(communicator.duplicate()), interval_(interval), last_sent_(steady_seconds()) {
    if (communicator_.is_root()) known_.resize(static_cast<std::size_t>(communicator_.size()));
}

ProgressBoard::~ProgressBoard() {
    // After finish() nothing is under way. Without it the job is ending on an error: let MPI drop the messages.
    for (auto& [request, value] : under_way_) MPI_Request_free(&request);
}

void ProgressBoard::report(const ProgressCounters& own) {
    if (communicator_.is_root()) {
        known_[0] = own;
        return;
    }
    latest_ = own;
    latest_is_sent_ = false;
    if (steady_seconds() - last_sent_ >= interval_) send();
}

void ProgressBoard::send() {
    last_sent_ = steady_seconds();
    while (!under_way_.empty()) {
        int complete = 0;
        MPI_Test(&under_way_.front().first, &complete, MPI_STATUS_IGNORE);
        if (complete == 0) break;
        under_way_.pop_front();
    }
    // A rank 0 that is busy for long must not pile up messages; the next one says it all.
    constexpr std::size_t maximum_under_way = 4;
    if (under_way_.size() < maximum_under_way) start_sending();
}

void ProgressBoard::start_sending() {
    latest_is_sent_ = true;
    auto& [request, value] = under_way_.emplace_back(MPI_REQUEST_NULL, latest_);
    MPI_Isend(&value, sizeof value, MPI_BYTE, 0, 0, communicator_.native(), &request);
}

void ProgressBoard::receive() {
    for (;;) {
        int waiting = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, 0, communicator_.native(), &waiting, &status);
        if (waiting == 0) return;
        MPI_Recv(&known_[static_cast<std::size_t>(status.MPI_SOURCE)], sizeof(ProgressCounters), MPI_BYTE,
                 status.MPI_SOURCE, 0, communicator_.native(), MPI_STATUS_IGNORE);
    }
}

ProgressCounters ProgressBoard::total() {
    receive();
    ProgressCounters all;
    for (const ProgressCounters& each : known_) {
        all.done += each.done;
        for (std::size_t i = 0; i < all.sums.size(); ++i) all.sums[i] += each.sums[i];
    }
    return all;
}

void ProgressBoard::finish() {
    const auto wait = communicator_.waiting();
    if (!latest_is_sent_) start_sending();
    // A non-blocking barrier, so that rank 0 goes on receiving until every rank's sends have ended.
    for (;;) {
        int complete = 1;
        for (auto& [request, value] : under_way_) {
            int one = 0;
            MPI_Test(&request, &one, MPI_STATUS_IGNORE);
            complete = complete != 0 && one != 0 ? 1 : 0;
        }
        if (communicator_.is_root()) receive();
        if (complete != 0) break;
    }
    under_way_.clear();
    MPI_Request barrier = MPI_REQUEST_NULL;
    MPI_Ibarrier(communicator_.native(), &barrier);
    for (int complete = 0; complete == 0;) {
        MPI_Test(&barrier, &complete, MPI_STATUS_IGNORE);
        if (communicator_.is_root()) receive();
    }
}

}  // namespace semscope::comm
