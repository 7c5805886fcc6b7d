// Mean curves and mean interactions of a scene.
#include "statistics/interaction_means.hpp"
#include "statistics/mean_curves.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace semscope::statistics {
namespace {

using results::InteractionColumn;
using testing::Each;
using testing::ElementsAre;
using testing::FloatEq;

TEST(MeanCurves, ACurveIsLinearBetweenItsPointsAndMeetsItsEnds) {
    const CurveAtShares curve = at_shares(std::vector<float>{1.0F, 0.5F, 0.0F});  // two classes
    for (std::size_t g = 0; g < curve.size(); ++g) EXPECT_FLOAT_EQ(curve.at(g), 1 - static_cast<float>(g) / 20) << g;
    const CurveAtShares steep = at_shares(std::vector<float>{0.9F, 0.1F, 0.1F, 0.1F});  // three
    EXPECT_EQ(steep.front(), 0.9F);
    EXPECT_FLOAT_EQ(steep[5], 0.9F - 0.8F * 0.75F) << "a quarter of three classes";
    EXPECT_FLOAT_EQ(steep[7], 0.1F) << "0.35, just behind the first class";
    EXPECT_EQ(steep.back(), 0.1F);
    EXPECT_THAT(at_shares(std::vector<float>(31, 0.25F)), Each(FloatEq(0.25F)));
}

CurvePair level(float deletion, float insertion) {
    CurvePair pair;
    pair.deletion.fill(deletion);
    pair.insertion.fill(insertion);
    return pair;
}

TEST(MeanCurves, TheBandIsThatOfTheMeanAndSharesItsResamples) {
    // Two kinds, the second 0.25 above the first in every image.
    std::vector<CurvePair> curves;
    for (const float value : {0.0F, 0.25F, 0.5F, 0.75F}) {
        curves.push_back(level(value, 0.5F));
        curves.push_back(level(value + 0.25F, 0.5F));
    }
    results::FaithfulnessRows rows;
    OwnIntervals intervals(500);
    append_curves(rows, curves, 2, {.seed = 3, .set = 10}, intervals);
    const auto at = [&](results::CurveColumn column, std::size_t kind, std::size_t point) {
        return rows.curves.at(static_cast<std::size_t>(column)).at(kind * results::curve_points + point);
    };
    using enum results::CurveColumn;
    EXPECT_EQ(at(deletion, 0, 3), 0.375);
    EXPECT_EQ(at(deletion, 1, 20), 0.625);
    EXPECT_EQ(at(insertion_ci_low, 1, 4), 0.5);
    EXPECT_EQ(at(insertion_ci_high, 1, 4), 0.5);
    // Means of four of these values are multiples of 1/16; their 2.5 % quantile is 2/16 or near it.
    EXPECT_NEAR(at(deletion_ci_low, 0, 0), 0.125, 0.0625);
    EXPECT_NEAR(at(deletion_ci_high, 0, 0), 0.625, 0.0625);
    EXPECT_NEAR(at(deletion_ci_low, 1, 0) - at(deletion_ci_low, 0, 0), 0.25, 1e-12);
    EXPECT_NEAR(at(deletion_ci_high, 1, 7) - at(deletion_ci_high, 0, 7), 0.25, 1e-12);
}

TEST(MeanCurves, NothingComesOfNoImages) {
    results::FaithfulnessRows rows;
    OwnIntervals intervals(10);
    append_curves(rows, {}, 3, {}, intervals);
    for (const auto& column : rows.curves) {
        ASSERT_EQ(column.size(), 3 * results::curve_points);
        for (const double value : column) EXPECT_TRUE(std::isnan(value));
    }
}

TEST(MeanInteractions, AreTakenOverTheImagesThatHaveBothClasses) {
    const std::vector<PairValue> values{{7, 2, 4, -0.5F}, {3, 1, 2, 0.25F}, {3, 2, 4, -0.25F}, {9, 2, 4, -0.75F}};
    results::InteractionRows rows;
    append_interactions(rows, values, {.seed = 1, .set = 12}, {.seed = 1, .resamples = 300, .permutations = 300});
    append_interactions(rows, {}, {}, {});  // a scene without pairs
    EXPECT_THAT(rows.count, ElementsAre(2, 0));
    EXPECT_THAT(rows.first, ElementsAre(1, 2));
    EXPECT_THAT(rows.second, ElementsAre(2, 4));
    EXPECT_THAT(rows.images, ElementsAre(1, 3));
    EXPECT_THAT(rows.column(InteractionColumn::mean), ElementsAre(0.25, -0.5));
    EXPECT_THAT(rows.column(InteractionColumn::ci_low), ElementsAre(0.25, -0.75));
    EXPECT_THAT(rows.column(InteractionColumn::ci_high), ElementsAre(0.25, -0.25));
    // All signs alike: 2 of 2^n patterns are as far from 0.
    EXPECT_THAT(rows.column(InteractionColumn::p_value), ElementsAre(1, 0.25));
    EXPECT_THAT(rows.column(InteractionColumn::q_value), ElementsAre(1, 0.5));
}

TEST(MeanInteractions, DoNotDependOnTheOrderOfTheImages) {
    std::vector<PairValue> values;
    for (std::uint32_t i = 0; i < 40; ++i)
        values.push_back({i, 1, static_cast<std::uint16_t>(2 + i % 3), 0.01F * static_cast<float>(i % 7) - 0.02F});
    const std::vector<PairValue> reversed(values.rbegin(), values.rend());
    const ResamplingOptions options{.seed = 5, .resamples = 100, .permutations = 100};
    results::InteractionRows one, other;
    append_interactions(one, values, {.seed = 5, .set = 13, .scene = 2}, options);
    append_interactions(other, reversed, {.seed = 5, .set = 13, .scene = 2}, options);
    EXPECT_EQ(one.columns, other.columns);
    EXPECT_EQ(one.second, other.second);
}

}  // namespace
}  // namespace semscope::statistics
