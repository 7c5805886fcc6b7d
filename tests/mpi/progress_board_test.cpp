#include "semscope/comm/progress_board.hpp"

#include <gtest/gtest.h>

namespace semscope::comm {
namespace {

TEST(ProgressBoard, RankZeroLearnsTheCountersOfAllRanks) {
    const auto world = Communicator::world();
    ProgressBoard board(world, 0);
    // More reports than messages that may be under way at once.
    for (std::uint64_t done = 1; done <= 50; ++done) board.report(done);
    board.finish();
    if (world.is_root()) {
        EXPECT_GE(board.total(), 50U + static_cast<std::uint64_t>(world.size() - 1));
        EXPECT_LE(board.total(), 50U * static_cast<std::uint64_t>(world.size()));
    }
}

}  // namespace
}  // namespace semscope::comm
