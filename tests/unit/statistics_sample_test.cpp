

// Samples and what describes them.
#include "semscope/core/errors.hpp"
#include "semscope/statistics/sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace semscope::statistics {
namespace {

using testing::ElementsAre;

using Values = std::vector<float>;
using Classes = std::vector<std::uint16_t>;

TEST(SceneSamples, AreOrderedByClassThenImageWhateverTheOrderOfAdding) {
    for (const bool reversed : {false, true}) {
        SceneSamples samples(4);
        const auto add = [&](int i) {
            if (i == 0) samples.add(7, Classes{1, 3}, Values{0.1F, 0.3F});
            if (i == 1) samples.add(9, Classes{}, Values{});
            if (i == 2) samples.add(12, Classes{3}, Values{0.0F});
        };
        for (int i = 0; i < 3; ++i) add(reversed ? 2 - i : i);
        samples.finish();
        EXPECT_EQ(samples.images(), 3U);
        EXPECT_THAT(samples.sample_offset(), ElementsAre(0, 0, 1, 1, 3));
        EXPECT_THAT(samples.sample_value(), ElementsAre(0.1F, 0.3F, 0.0F));
        EXPECT_THAT(samples.sample_image(), ElementsAre(7, 7, 12));
        EXPECT_EQ(samples.sample(3).present(), 2U);
        EXPECT_EQ(samples.sample(3).absent(), 1U);
        EXPECT_EQ(samples.sample(2).present(), 0U);
    }
}

TEST(SceneSamples, RefuseAnImageTwiceAndAClassThatIsNot) {
    SceneSamples samples(4);
    EXPECT_THROW(samples.add(1, Classes{4}, Values{0.1F}), InputError);
    samples.add(2, Classes{3}, Values{0.1F});
    samples.add(2, Classes{3}, Values{0.2F});
    EXPECT_THROW(samples.finish(), InputError);
}

TEST(Quantile, IsTypeSeven) {
    std::vector<double> values{4, 1, 3, 2};
    EXPECT_EQ(quantile(values, 0.25), 1.75);
    EXPECT_EQ(quantile(values, 0.5), 2.5);
    EXPECT_EQ(quantile(values, 0.75), 3.25);
    EXPECT_EQ(quantile(values, 0.0), 1.0);
    EXPECT_EQ(quantile(values, 1.0), 4.0);
}

TEST(Quantile, CountsZerosThatAreNotStored) {
    // -2 0 0 0 1 3: quartiles at places 1.25, 2.5, 3.75
    const Values values{3.0F, -2.0F, 1.0F};
    const SortedSample sorted({values, 6});
    EXPECT_EQ(sorted.size(), 6U);
    EXPECT_EQ(sorted[0], -2.0);
    EXPECT_EQ(sorted[3], 0.0);
    EXPECT_EQ(sorted[4], 1.0);
    EXPECT_EQ(sorted.quantile(0.25), 0.0);
    EXPECT_EQ(sorted.quantile(0.75), 0.75);
    EXPECT_EQ(sorted.largest_up_to(0.5), 0.0);
    EXPECT_EQ(sorted.largest_up_to(2.0), 1.0);
    EXPECT_EQ(sorted.largest_up_to(-1.0), -2.0);
    EXPECT_TRUE(std::isnan(sorted.largest_up_to(-3.0)));
    EXPECT_EQ(sorted.smallest_from(-1.0), 0.0);
    EXPECT_EQ(sorted.smallest_from(0.5), 1.0);
    EXPECT_TRUE(std::isnan(sorted.smallest_from(4.0)));
}

TEST(Summary, ByHand) {
    // 0 1 2 3 4 5 6 7 20: q1 2, median 4, q3 6, fence -4 .. 12
    const Values values{7, 20, 1, 2, 6, 3, 4, 5};
    const SparseSample sample{values, 9};
    const Summary summary = summarise(sample);
    EXPECT_EQ(summary.images, 9U);
    EXPECT_EQ(summary.present, 8U);
    EXPECT_DOUBLE_EQ(summary.mean, 48.0 / 9);
    EXPECT_DOUBLE_EQ(summary.mean_present, 6.0);
    EXPECT_DOUBLE_EQ(summary.std, std::sqrt(540.0 / 9 - (48.0 / 9) * (48.0 / 9)));
    EXPECT_EQ(summary.min, 0.0);
    EXPECT_EQ(summary.q1, 2.0);
    EXPECT_EQ(summary.median, 4.0);
    EXPECT_EQ(summary.q3, 6.0);
    EXPECT_EQ(summary.max, 20.0);
    EXPECT_EQ(summary.whisker_low, 0.0);
    EXPECT_EQ(summary.whisker_high, 7.0);
}

TEST(Summary, OfARareClassIsABoxAtZero) {
    const Values values{0.5F, -0.25F};
    const SparseSample sample{values, 100};
    const Summary summary = summarise(sample);
    EXPECT_EQ(summary.q1, 0.0);
    EXPECT_EQ(summary.q3, 0.0);
    EXPECT_EQ(summary.whisker_low, 0.0);
    EXPECT_EQ(summary.whisker_high, 0.0);
    EXPECT_EQ(summary.min, -0.25);
}

TEST(Summary, TheImagesWithoutAClassCanLieBelowTheWhiskers) {
    const Values values(20, 0.5F);
    const SparseSample sample{values, 22};
    const Summary summary = summarise(sample);
    EXPECT_EQ(summary.whisker_low, 0.5);
}

TEST(Summary, AWhiskerNeverEndsInsideTheBox) {
    // 0 0 0 3: q3 = 0.75, and no datum between it and the fence at 1.875.
    const Values values{3.0F};
    const Summary summary = summarise({values, 4});
    EXPECT_EQ(summary.q3, 0.75);
    EXPECT_EQ(summary.whisker_high, 0.75);
    EXPECT_EQ(summary.whisker_low, 0.0);
}

TEST(Summary, APresentClassMayHaveTheDeviationZero) {
    const Values values{0.0F, 0.5F};
    const Summary summary = summarise({values, 4});
    EXPECT_EQ(summary.present, 2U);
    EXPECT_EQ(summary.mean, 0.125);
    EXPECT_EQ(summary.mean_present, 0.25);
}

TEST(Summary, OfOneImage) {
    const Values values{0.25F};
    const Summary summary = summarise({values, 1});
    for (const double number : {summary.mean, summary.mean_present, summary.min, summary.q1, summary.median, summary.q3,
                                summary.max, summary.whisker_low, summary.whisker_high})
        EXPECT_EQ(number, 0.25);
    EXPECT_EQ(summary.std, 0.0);
}

TEST(Summary, OfAClassNeverPresent) {
    const Summary summary = summarise({{}, 5});
    EXPECT_EQ(summary.present, 0U);
    EXPECT_TRUE(std::isnan(summary.mean_present));
    for (const double number : {summary.mean, summary.std, summary.min, summary.median, summary.max,
                                summary.whisker_low, summary.whisker_high})
        EXPECT_EQ(number, 0.0);
}

TEST(Summary, OfASceneWithoutImagesIsNotANumber) {
    const Summary summary = summarise({{}, 0});
    EXPECT_EQ(summary.images, 0U);
    for (const double number : {summary.mean, summary.mean_present, summary.std, summary.min, summary.q1,
                                summary.median, summary.q3, summary.max, summary.whisker_low, summary.whisker_high})
        EXPECT_TRUE(std::isnan(number));
}

TEST(Summary, WithAndWithoutStoredZerosIsTheSame) {
    std::mt19937 generator(5);
    std::normal_distribution<float> value(0.0F, 0.1F);
    for (std::size_t n = 1; n < 60; ++n) {
        Values sparse(n / 2);
        for (float& v : sparse) v = value(generator);
        Values dense = sparse;
        dense.resize(n, 0.0F);
        const Summary a = summarise({sparse, n});
        const Summary b = summarise({dense, n});
        EXPECT_EQ(a.mean, b.mean);
        EXPECT_NEAR(a.std, b.std, 1e-14);  // the zeros' share is a product, not a sum
        EXPECT_EQ(a.min, b.min);
        EXPECT_EQ(a.q1, b.q1);
        EXPECT_EQ(a.median, b.median);
        EXPECT_EQ(a.q3, b.q3);
        EXPECT_EQ(a.max, b.max);
        EXPECT_EQ(a.whisker_low, b.whisker_low);
        EXPECT_EQ(a.whisker_high, b.whisker_high);
    }
}

}  // namespace
}  // namespace semscope::statistics
