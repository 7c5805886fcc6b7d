#include "semscope/comm/progress_board.hpp"

#include "semscope/core/timing.hpp"

#include <numeric>

namespace semscope::comm {

ProgressBoard::ProgressBoard(const Communicator& communicator, double interval)
    : communicator_(communicator.duplicate()), interval_(interval), last_sent_(steady_seconds()) {
    if (communicator_.is_root()) done_.resize(static_cast<std::size_t>(communicator_.size()));
}

ProgressBoard::~ProgressBoard() {
    // After finish() nothing is under way. Without it the job is ending on an error: let MPI drop the messages.
    for (auto& [request, value] : under_way_) MPI_Request_free(&request);
}

void ProgressBoard::report(std::uint64_t done) {
    if (communicator_.is_root()) {
        done_[0] = done;
        return;
    }
    if (steady_seconds() - last_sent_ < interval_) return;
    send(done);
}

void ProgressBoard::send(std::uint64_t done) {
    last_sent_ = steady_seconds();
    while (!under_way_.empty()) {
        int complete = 0;
        MPI_Test(&under_way_.front().first, &complete, MPI_STATUS_IGNORE);
        if (complete == 0) break;
        under_way_.pop_front();
    }
    // A rank 0 that is busy for long must not pile up messages; the next one says it all.
    constexpr std::size_t maximum_under_way = 4;
    if (under_way_.size() >= maximum_under_way) return;
    auto& [request, value] = under_way_.emplace_back(MPI_REQUEST_NULL, done);
    MPI_Isend(&value, 1, MPI_UINT64_T, 0, 0, communicator_.native(), &request);
}

void ProgressBoard::receive() {
    for (;;) {
        int waiting = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, 0, communicator_.native(), &waiting, &status);
        if (waiting == 0) return;
        MPI_Recv(&done_[static_cast<std::size_t>(status.MPI_SOURCE)], 1, MPI_UINT64_T, status.MPI_SOURCE, 0,
                 communicator_.native(), MPI_STATUS_IGNORE);
    }
}

std::uint64_t ProgressBoard::total() {
    receive();
    return std::accumulate(done_.begin(), done_.end(), std::uint64_t{0});
}

void ProgressBoard::finish() {
    const auto wait = communicator_.waiting();
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
