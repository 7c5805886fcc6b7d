#include "semscope/comm/neighbour.hpp"

namespace semscope::comm {

Neighbour::Neighbour(const Communicator& communicator, int rank, double patience)
    : communicator_(communicator), rank_(rank), patience_(patience) {
    post();
}

Neighbour::~Neighbour() {
    if (receive_ != MPI_REQUEST_NULL) {
        MPI_Cancel(&receive_);
        MPI_Request_free(&receive_);
    }
    for (auto& [request, notice] : under_way_)
        if (request != MPI_REQUEST_NULL) MPI_Request_free(&request);
}

void Neighbour::post() { MPI_Irecv(&buffer_, sizeof(Notice), MPI_BYTE, rank_, 0, communicator_.native(), &receive_); }

void Neighbour::send(const Notice& notice) {
    constexpr std::size_t maximum_under_way = 8;
    if (notice.kind == Notice::beat && under_way_.size() >= maximum_under_way) return;
    auto& [request, sent] = under_way_.emplace_back(MPI_REQUEST_NULL, notice);
    MPI_Isend(&sent, sizeof(Notice), MPI_BYTE, rank_, 0, communicator_.native(), &request);
}

std::vector<Notice> Neighbour::receive() {
    std::vector<Notice> notices;
    while (!said_finished_) {
        int arrived = 0;
        MPI_Test(&receive_, &arrived, MPI_STATUS_IGNORE);
        if (arrived == 0) break;
        notices.push_back(incoming_ = buffer_);
        silence_ = 0;
        said_finished_ = incoming_.kind == Notice::finished;
        if (!said_finished_) post();
    }
    while (!under_way_.empty()) {
        int sent = 0;
        MPI_Test(&under_way_.front().first, &sent, MPI_STATUS_IGNORE);
        if (sent == 0) break;
        under_way_.pop_front();
    }
    return notices;
}

bool Neighbour::too_silent(double seconds) {
    silence_ += seconds;
    return !said_finished_ && silence_ > patience_;
}

bool Neighbour::finished() { return said_finished_ && under_way_.empty(); }

}  // namespace semscope::comm
