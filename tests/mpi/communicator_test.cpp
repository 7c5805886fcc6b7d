// The typed operations of a communicator, against values in closed form.
#include "semscope/comm/communicator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace semscope::comm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Mixed {
    std::uint64_t number = 0;
    double real = 0;
    bool flag = false;
    std::array<char, 5> text{};
    bool operator==(const Mixed&) const = default;
};

class CommunicatorTest : public testing::Test {
  protected:
    std::size_t ranks() const { return static_cast<std::size_t>(world_.size()); }

    Communicator world_ = Communicator::world();
    int rank_ = world_.rank();
    int size_ = world_.size();
    std::uint64_t own_ = static_cast<std::uint64_t>(rank_);
    std::uint64_t all_ = static_cast<std::uint64_t>(size_);
};

TEST_F(CommunicatorTest, BroadcastsAStruct) {
    const Mixed said{1ULL << 60, -0.5, true, {'a', '\0', 'b', '\0', 'c'}};
    EXPECT_EQ(world_.broadcast(world_.is_root() ? said : Mixed{}), said);
}

TEST_F(CommunicatorTest, BroadcastsNumbersAndFlagsFromAnyRank) {
    for (int root = 0; root < size_; ++root) {
        EXPECT_EQ(world_.broadcast(100 + rank_, root), 100 + root);
        EXPECT_EQ(world_.broadcast(0.25 * rank_, root), 0.25 * root);
        EXPECT_EQ(world_.broadcast(rank_ == root, root), true);
        EXPECT_EQ(world_.broadcast(rank_ != root, root), false);
    }
}

TEST_F(CommunicatorTest, BroadcastsVectorsWhateverTheOthersHold) {
    // Before the call every rank holds another length.
    std::vector<std::uint16_t> values(own_, 9);
    if (world_.is_root()) values = {1, 65535, 3};
    EXPECT_THAT(world_.broadcast(values), ElementsAre(1, 65535, 3));
    EXPECT_THAT(world_.broadcast(std::vector<double>(own_, 1.0)), IsEmpty());
    const std::vector<Mixed> said{{1, 2, true, {}}, {3, 4, false, {'x'}}};
    EXPECT_EQ(world_.broadcast(world_.is_root() ? said : std::vector<Mixed>{}), said);
}

TEST_F(CommunicatorTest, BroadcastsTextsWithNulBytes) {
    const std::string said("\0a\0\0b\0", 6);
    EXPECT_EQ(world_.broadcast(world_.is_root() ? said : std::string("something much longer")), said);
    EXPECT_EQ(world_.broadcast(world_.is_root() ? "" : "others"), "");
    EXPECT_EQ(world_.broadcast(world_.is_root() ? "short" : "longer text"), "short");
}

TEST_F(CommunicatorTest, SumsAndCompares) {
    EXPECT_EQ(world_.sum(own_ + 1), all_ * (all_ + 1) / 2);
    EXPECT_EQ(world_.sum(-rank_), -size_ * (size_ - 1) / 2);
    EXPECT_EQ(world_.sum(0.5), 0.5 * size_);
    EXPECT_EQ(world_.max(own_), all_ - 1);
    EXPECT_EQ(world_.max(-1 - rank_), -1);
    EXPECT_EQ(world_.min(-1 - rank_), -size_);
    EXPECT_EQ(world_.min(2.5F * static_cast<float>(rank_ + 1)), 2.5F);
    // As signed numbers these would compare the other way round.
    const auto top = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(world_.max(world_.is_root() ? top : 0), top);
    EXPECT_EQ(world_.exclusive_scan(own_ + 1), own_ * (own_ + 1) / 2);
}

TEST_F(CommunicatorTest, SumsAndComparesListsPlaceByPlace) {
    std::vector<std::uint32_t> counts{1, static_cast<std::uint32_t>(rank_), 0};
    world_.sum_each(counts);
    EXPECT_THAT(counts, ElementsAre(all_, all_ * (all_ - 1) / 2, 0));
    std::array<double, 2> ends{1.0 * rank_, -1.0 * rank_};
    std::array<double, 2> lows = ends;
    world_.max_each(ends);
    world_.min_each(lows);
    EXPECT_THAT(ends, ElementsAre(size_ - 1, 0));
    EXPECT_THAT(lows, ElementsAre(0, 1 - size_));
    std::vector<float> none;
    world_.sum_each(none);
    EXPECT_THAT(none, IsEmpty());
}

TEST_F(CommunicatorTest, OneRankDecidesAnyAndAll) {
    for (int odd = 0; odd < size_; ++odd) {
        EXPECT_TRUE(world_.any_of(rank_ == odd));
        EXPECT_FALSE(world_.all_of(rank_ != odd));
    }
    EXPECT_FALSE(world_.any_of(false));
    EXPECT_TRUE(world_.all_of(true));
}

TEST_F(CommunicatorTest, GathersValuesOnRankZeroInRankOrder) {
    const auto values = world_.gather(Mixed{own_ * own_, 0, rank_ % 2 == 1, {}});
    ASSERT_EQ(values.size(), world_.is_root() ? ranks() : 0);
    for (std::size_t r = 0; r < values.size(); ++r) EXPECT_EQ(values[r], (Mixed{r * r, 0, r % 2 == 1, {}}));
    const auto everywhere = world_.all_gather(3 * rank_);
    ASSERT_EQ(everywhere.size(), ranks());
    for (int r = 0; r < size_; ++r) EXPECT_EQ(everywhere[static_cast<std::size_t>(r)], 3 * r);
}

TEST_F(CommunicatorTest, GathersListsAndTextsOfDifferentLengths) {
    // Rank r sends r elements: rank 0 none.
    const auto lists = world_.gather(std::vector<std::uint64_t>(own_, 10 + own_));
    const auto texts = world_.gather(std::string(own_, '\0') + "x");
    ASSERT_EQ(lists.size(), world_.is_root() ? ranks() : 0);
    ASSERT_EQ(texts.size(), lists.size());
    for (std::size_t r = 0; r < lists.size(); ++r) {
        EXPECT_EQ(lists[r], std::vector<std::uint64_t>(r, 10 + r));
        EXPECT_EQ(texts[r], std::string(r, '\0') + "x");
    }
    std::vector<std::uint64_t> joined;
    for (std::uint64_t r = 0; r < all_; ++r) joined.insert(joined.end(), r, 10 + r);
    EXPECT_EQ(world_.all_gather(std::vector<std::uint64_t>(own_, 10 + own_)), joined);
}

TEST_F(CommunicatorTest, GathersListsOfTexts) {
    // Rank r sends r texts; text i has i letters, so that the first is empty.
    std::vector<std::string> own;
    for (std::size_t i = 0; i < own_; ++i) own.emplace_back(i, static_cast<char>('a' + rank_));
    const auto lists = world_.gather(own);
    ASSERT_EQ(lists.size(), world_.is_root() ? ranks() : 0);
    for (std::size_t r = 0; r < lists.size(); ++r) {
        ASSERT_EQ(lists[r].size(), r);
        for (std::size_t i = 0; i < r; ++i)
            EXPECT_EQ(lists[r][i], std::string(i, static_cast<char>('a' + static_cast<int>(r))));
    }
}

TEST_F(CommunicatorTest, ExchangesListsBetweenAllPairs) {
    // Rank r sends to rank t r + t values, each 100 r + t.
    std::vector<std::vector<std::uint32_t>> out;
    for (std::uint32_t to = 0; to < all_; ++to)
        out.emplace_back(own_ + to, static_cast<std::uint32_t>(100 * own_ + to));
    std::vector<std::uint32_t> expected;
    for (std::uint64_t from = 0; from < all_; ++from)
        expected.insert(expected.end(), from + own_, static_cast<std::uint32_t>(100 * from + own_));
    EXPECT_EQ(world_.exchange(out), expected);
    EXPECT_THAT(world_.exchange(std::vector<std::vector<Mixed>>(ranks())), IsEmpty());
}

TEST_F(CommunicatorTest, AChainGoesFromRankToRankInOrder) {
    // In decimal digits: 1, 12, 123, 1234.
    const int digits = world_.chain(0, [&](int before) { return 10 * before + rank_ + 1; });
    EXPECT_EQ(digits, (std::array{1, 12, 123, 1234}.at(ranks() - 1)));
}

TEST_F(CommunicatorTest, ACallIsNoLongerSeenAsAWaitWhenItIsOver) {
    Activity activity;
    Communicator observed = world_.duplicate();
    observed.observe(activity);
    (void)observed.all_gather(own_);
    (void)observed.chain(0, [](int before) { return before; });
    EXPECT_FALSE(activity.snapshot().waiting);
}

}  // namespace
}  // namespace semscope::comm
