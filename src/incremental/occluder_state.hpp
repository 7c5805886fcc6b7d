#pragma once

#include "engine.hpp"
#include "semscope/incremental/occluder.hpp"
#include "semscope/network/rows_to_host.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace semscope::incremental {

struct Occluder::State {
    explicit State(network::Occluder occluder) : whole(std::move(occluder)) {}

    /// Reads and tries the network; the remark says what came of it.
    void read();

    network::TorchAccess access() { return network::TorchAccess(whole); }

    network::Occluder whole;
    std::optional<Engine> engine;
    std::optional<network::Remark> remark;
    std::vector<GroupInput> assembled;
    std::vector<bool> wanted;  ///< rows of the assembled groups that were asked for
    struct Started {
        network::RowsToHost rows;  ///< of all forwards, the wanted ones and others
        std::vector<bool> wanted;
        std::size_t forwards() const {
            return static_cast<std::size_t>(std::count(wanted.begin(), wanted.end(), true));
        }
    };
    std::deque<Started> started;
};

}  // namespace semscope::incremental
