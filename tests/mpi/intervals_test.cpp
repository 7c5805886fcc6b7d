// Bootstrap intervals whose resamples the ranks share.
#include "semscope/statistics/intervals.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/statistics/inference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace semscope::statistics {
namespace {

TEST(SharedIntervals, HaveTheBitsOfThoseThatOneRankDraws) {
    const auto world = comm::Communicator::world();
    const std::vector<float> sparse{0.5F, -0.25F, 0.125F, 0.75F}, dense{1.0F, 2.0F, 4.0F};
    for (const std::uint32_t resamples : {1U, 2U, 3U, 500U, 1001U}) {  // fewer than ranks, and uneven shares
        const auto draw_two = [](std::uint32_t resample, std::span<double> means) {
            means[0] = std::sin(resample);
            means[1] = resample;
        };
        const auto make = [&](Intervals& intervals) {
            std::vector<Interval> all{bootstrap_mean({sparse, 30}, {.seed = 1, .set = 2}, intervals)};
            for (const Interval& each : intervals.of(2, draw_two)) all.push_back(each);
            all.push_back(bootstrap_mean({{}, 30}, {}, intervals));
            all.push_back(bootstrap_mean({dense, 3}, {.seed = 5}, intervals));
            return all;
        };
        OwnIntervals own(resamples);
        const std::vector<Interval> expected = make(own);
        EXPECT_EQ(expected[0], bootstrap_mean({sparse, 30}, {.seed = 1, .set = 2}, resamples));

        std::vector<std::vector<Interval>> made;
        int ticks = 0;
        make_shared_intervals(
            world, resamples, [&](Intervals& intervals) { made.push_back(make(intervals)); }, [&] { ++ticks; });
        ASSERT_EQ(made.size(), 2U);
        EXPECT_TRUE(std::isnan(made[0][0].low) && std::isnan(made[0][4].high)) << "not known yet";
        EXPECT_EQ(made[1], expected) << resamples << " resamples";
        EXPECT_EQ(ticks, 3) << "the class that is never present is not drawn";
    }
}

TEST(SharedIntervals, AFailureOfOneRankIsThatOfAll) {
    const auto world = comm::Communicator::world();
    EXPECT_THROW(make_shared_intervals(
                     world, 10,
                     [&](Intervals& intervals) {
                         if (world.rank() == world.size() - 1) throw LibraryError("no memory");
                         intervals.of(1, [](std::uint32_t, std::span<double> means) { means[0] = 0; });
                     },
                     [] {}),
                 comm::AgreedError);
}

}  // namespace
}  // namespace semscope::statistics
