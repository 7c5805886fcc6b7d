#include "semscope/comm/partition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace semscope::comm {
namespace {

using testing::ElementsAre;

TEST(EvenShare, SizesDifferByAtMostOneAndCoverAll) {
    for (const std::uint64_t count : {0, 1, 5, 16, 17}) {
        std::uint64_t expected_begin = 0;
        for (int part = 0; part < 5; ++part) {
            const Range share = even_share(count, part, 5);
            EXPECT_EQ(share.begin, expected_begin);
            EXPECT_GE(share.size(), count / 5);
            EXPECT_LE(share.size(), count / 5 + 1);
            expected_begin = share.end;
        }
        EXPECT_EQ(expected_begin, count);
    }
}

TEST(BalancedBoundaries, FollowTheCostsAndNotTheCounts) {
    const std::vector<std::uint64_t> offsets{0, 10, 11, 12, 20};  // costs 10 1 1 8
    EXPECT_THAT(balanced_boundaries(offsets, 2), ElementsAre(0, 1, 4));
    EXPECT_THAT(balanced_boundaries(offsets, 1), ElementsAre(0, 4));
}

TEST(BalancedBoundaries, MorePartsThanItemsLeaveSomeEmpty) {
    const std::vector<std::uint64_t> offsets{0, 3, 6};
    const auto boundaries = balanced_boundaries(offsets, 5);
    EXPECT_EQ(boundaries.size(), 6U);
    EXPECT_EQ(boundaries.front(), 0U);
    EXPECT_EQ(boundaries.back(), 2U);
    EXPECT_TRUE(std::is_sorted(boundaries.begin(), boundaries.end()));
}

TEST(BalancedBoundaries, OfNothingAreAllZero) {
    EXPECT_THAT(balanced_boundaries(std::vector<std::uint64_t>{0}, 3), ElementsAre(0, 0, 0, 0));
}

TEST(BalancedBoundaries, APartIsOffTheMeanByAtMostTheDearestItem) {
    std::mt19937 generator(7);
    std::uniform_int_distribution<std::uint64_t> cost(1, 40);
    std::vector<std::uint64_t> offsets{0};
    for (int i = 0; i < 5000; ++i) offsets.push_back(offsets.back() + cost(generator));
    for (const int parts : {1, 2, 3, 7, 64}) {
        const auto boundaries = balanced_boundaries(offsets, parts);
        const double mean = static_cast<double>(offsets.back()) / parts;
        for (int part = 0; part < parts; ++part) {
            const auto p = static_cast<std::size_t>(part);
            const auto share = static_cast<double>(offsets[boundaries[p + 1]] - offsets[boundaries[p]]);
            EXPECT_NEAR(share, mean, 41);
        }
    }
}

}  // namespace
}  // namespace semscope::comm
