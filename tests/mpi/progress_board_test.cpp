#include "semscope/comm/progress_board.hpp"

#include <gtest/gtest.h>

namespace semscope::comm {
namespace {

TEST(ProgressBoard, RankZeroLearnsTheCountersOfAllRanks) {
    const auto world = Communicator::world();
    ProgressBoard board(world, 0);
    // More reports than messages that may be under way at once.
    for (std::uint64_t done = 1; done <= 50; ++done) board.report({done, {1, 0.5 * static_cast<double>(done), 0}});
    board.finish();
    if (world.is_root()) {
        const ProgressCounters all = board.total();
        EXPECT_EQ(all.done, 50U * static_cast<std::uint64_t>(world.size())) << "the last counters arrive";
        EXPECT_EQ(all.sums[0], world.size());
        EXPECT_EQ(all.sums[1], 0.5 * static_cast<double>(all.done)) << "the counters of a rank come together";
    }
}

}  // namespace
}  // namespace semscope::comm
