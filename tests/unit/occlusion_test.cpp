#include "occlusion/rank_work.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/prefetcher.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace semscope::occlusion {
namespace {

using testing::ElementsAre;

std::string name_of(std::uint64_t image) { return "val/kitchen/" + std::to_string(image) + ".jpg"; }

TEST(LabelCrops, ComeBackAsTheyWereWhateverTheirRuns) {
    std::vector<std::uint8_t> stripes(5000);
    for (std::size_t i = 0; i < stripes.size(); ++i) stripes[i] = static_cast<std::uint8_t>(i < 700 ? 255 : i % 7);
    const std::vector<std::uint8_t> flat(100000, 3);
    EXPECT_LT(pack_labels(flat).size(), 1000U);
    LabelCrops crops;
    crops.keep(4, pack_labels(stripes));
    crops.keep(9, pack_labels(flat));
    EXPECT_EQ(crops.find(4, stripes.size()), stripes);
    EXPECT_EQ(crops.find(9, flat.size()), flat);
    EXPECT_EQ(crops.find(5, 1), std::nullopt);
}

TEST(LabelCrops, StayWithinTheirBudget) {
    LabelCrops crops(1000);
    for (std::uint64_t image = 0; image < 50; ++image) crops.keep(image, std::string(100, 'x'));
    EXPECT_GE(crops.size(), 4U);
    EXPECT_LE(crops.size(), 10U);
    EXPECT_TRUE(crops.find(0, 1)) << "those that came first are kept";
}

TEST(Plan, CountsAForwardForEachImageAndEachVariant) {
    const std::vector<std::uint64_t> offsets{0, 9, 9, 13, 20};  // 10, 1, 5 and 8 forwards
    const Plan plan = make_plan(offsets, 2);
    EXPECT_EQ(plan.total, 24U);
    EXPECT_THAT(plan.forwards, ElementsAre(11, 13));
    EXPECT_EQ(plan.images_of(1), (Range{2, 4}));
    EXPECT_NEAR(plan.imbalance(), 13.0 / 12, 1e-12);
}

TEST(Plan, OfMoreRanksThanImagesCoversEveryImageOnce) {
    const std::vector<std::uint64_t> offsets{0, 3, 6, 9};
    const Plan plan = make_plan(offsets, 8);
    EXPECT_EQ(plan.boundaries.front(), 0U);
    EXPECT_EQ(plan.boundaries.back(), 3U);
    for (int rank = 0; rank < 8; ++rank) EXPECT_LE(plan.images_of(rank).size(), 1U);
}

TEST(Plan, BalancesThePendingImagesOnly) {
    const std::vector<std::uint64_t> offsets{0, 9, 9, 13, 20, 21};  // 10, 1, 5, 8 and 2 forwards
    const std::vector<std::uint8_t> status{1, 0, 0, 2, 0};
    const Plan plan = make_plan(offsets, status, 2);
    EXPECT_EQ(plan.total, 8U);
    EXPECT_THAT(plan.forwards, ElementsAre(6, 2));
    EXPECT_THAT(plan.images, ElementsAre(2, 1));
    const std::vector<std::uint8_t> all_done(5, 1);
    EXPECT_THAT(make_plan(offsets, all_done, 3).forwards, ElementsAre(0, 0, 0));
}

TEST(Prefetcher, HandsOutInOrderAndStaysWithinItsBound) {
    std::atomic<int> in_hand{0};
    std::atomic<int> most{0};
    Prefetcher<std::size_t> items(200, 4, 6, [&](std::size_t i) {
        most = std::max(most.load(), ++in_hand);
        if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return i;
    });
    for (std::size_t expected = 0; auto item = items.next(); ++expected) {
        EXPECT_EQ(*item, expected);
        --in_hand;
    }
    EXPECT_EQ(in_hand, 0);
    EXPECT_LE(most, 7);
}

TEST(Prefetcher, AnErrorComesWithItsItemAndTheRestFollows) {
    Prefetcher<int> items(3, 2, 3, [](std::size_t i) {
        if (i == 1) throw std::runtime_error("item 1");
        return static_cast<int>(i);
    });
    EXPECT_EQ(items.next(), 0);
    EXPECT_THROW(items.next(), std::runtime_error);
    EXPECT_EQ(items.next(), 2);
    EXPECT_EQ(items.next(), std::nullopt);
}

TEST(Prefetcher, WithoutAnyThreadMakesTheItemsItself) {
    Prefetcher<int> items(3, 0, 2, [](std::size_t i) {
        if (i == 1) throw InputError("second");
        return static_cast<int>(i);
    });
    EXPECT_EQ(items.next(), 0);
    EXPECT_THROW(items.next(), InputError);
    EXPECT_EQ(items.next(), 2);
    EXPECT_FALSE(items.next().has_value());
}

TEST(Prefetcher, CanBeDroppedWhileWorkersWait) {
    const Prefetcher<int> items(1000, 3, 2, [](std::size_t i) { return static_cast<int>(i); });
}

TEST(ResultBuffer, GivesOutFinishedImagesOnlyAndJoinsTheirRows) {
    ResultBuffer buffer(2, name_of);
    buffer.expect(10, {100, 101}, 1);
    buffer.expect(11, {101, 103}, -1);
    buffer.add_row(std::vector<float>{0.75F, 0.25F});
    buffer.add_row(std::vector<float>{0.5F, 0.5F});
    buffer.add_row(std::vector<float>{0.1F, 0.9F});
    const auto first = buffer.take_finished();
    EXPECT_THAT(first.images, ElementsAre(Range{10, 11}));
    EXPECT_THAT(first.variants, ElementsAre(Range{100, 101}));
    EXPECT_THAT(first.image_probability, ElementsAre(0.75F, 0.25F));
    EXPECT_THAT(first.variant_probability, ElementsAre(0.5F, 0.5F));
    EXPECT_FLOAT_EQ(first.image_loss[0], static_cast<float>(std::log(4.0)));
    EXPECT_EQ(buffer.rows(), 1U);

    buffer.add_unreadable(12, {103, 104});  // behind an image that is not finished
    EXPECT_TRUE(buffer.take_finished().images.empty());
    buffer.add_row(std::vector<float>{0.2F, 0.8F});
    buffer.add_row(std::vector<float>{0.3F, 0.7F});
    const auto rest = buffer.take_finished();
    EXPECT_THAT(rest.images, ElementsAre(Range{11, 13}));
    EXPECT_THAT(rest.variants, ElementsAre(Range{101, 104}));
    EXPECT_THAT(rest.status, ElementsAre(1, 2));
    EXPECT_TRUE(std::isnan(rest.image_loss[0])) << "unknown scene";
    EXPECT_TRUE(std::isnan(rest.image_probability[2]));
    EXPECT_EQ(buffer.rows(), 0U);
}

TEST(ResultBuffer, LeavesGapsBetweenRowsThatDoNotTouch) {
    ResultBuffer buffer(1, name_of);
    for (const std::uint64_t image : {3, 5, 6}) {
        buffer.expect(image, {10 * image, 10 * image}, 0);
        buffer.add_row(std::vector<float>{1.0F});
    }
    const auto rows = buffer.take_finished();
    EXPECT_THAT(rows.images, ElementsAre(Range{3, 4}, Range{5, 7}));
    EXPECT_TRUE(rows.variants.empty());
}

TEST(ResultBuffer, RefusesWhatIsNotFiniteAndNamesTheImage) {
    ResultBuffer buffer(1, name_of);
    buffer.expect(0, {0, 0}, 0);
    EXPECT_THAT([&] { buffer.add_row(std::vector<float>{std::numeric_limits<float>::infinity()}); },
                testing::ThrowsMessage<InferenceError>(testing::HasSubstr("val/kitchen/0.jpg (as it is)")));
}

TEST(ResultBuffer, RefusesARowThatIsNoDistributionAndNamesTheImage) {
    ResultBuffer buffer(2, name_of);
    buffer.expect(0, {0, 2}, 0);
    buffer.add_row(std::vector<float>{0.5F, 0.5F});
    const auto refuses = [&](std::vector<float> row, const char* words) {
        EXPECT_THAT([&] { buffer.add_row(row); },
                    testing::ThrowsMessage<InferenceError>(testing::AllOf(
                        testing::HasSubstr("val/kitchen/0.jpg (with a class inhibited)"), testing::HasSubstr(words))));
    };
    refuses({0.5F, 0.25F}, "sums to 0.75");
    refuses({1.5F, -0.5F}, "outside [0, 1]");
}

}  // namespace
}  // namespace semscope::occlusion
