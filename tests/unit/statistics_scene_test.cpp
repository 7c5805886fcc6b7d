

// What is told of a scene: all statistics of its classes, its distribution and its sets.
#include "semscope/core/errors.hpp"
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/relevance.hpp"
#include "statistics/scene_statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace semscope::statistics {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

using Values = std::vector<float>;
using Classes = std::vector<std::uint16_t>;

/// 40 images of a scene with 6 classes, of which class 4 is never present. Added in the given order.
SceneSamples example(bool reversed) {
    SceneSamples samples(6);
    for (std::uint32_t step = 0; step < 40; ++step) {
        const std::uint32_t image = reversed ? 39 - step : step;
        std::mt19937 generator(image);
        std::normal_distribution<float> value(0.02F, 0.1F);
        Classes classes;
        Values values;
        for (const std::uint16_t s : {1, 2, 3, 5}) {
            if (image % s != 0) continue;
            classes.push_back(s);
            values.push_back(value(generator));
        }
        samples.add(image, classes, values);
    }
    samples.finish();
    return samples;
}

TEST(SceneStatistics, AreTheSameBitsWhateverTheOrderOfTheImages) {
    const ResamplingOptions options{.seed = 3, .resamples = 200, .permutations = 200};
    const auto a = scene_statistics(example(false), results::DeviationSet::correct, 17, options);
    const auto b = scene_statistics(example(true), results::DeviationSet::correct, 17, options);
    ASSERT_EQ(a.size(), 6U);
    for (std::size_t s = 0; s < a.size(); ++s) EXPECT_EQ(std::memcmp(&a[s], &b[s], sizeof a[s]), 0) << s;
}

TEST(SceneStatistics, AClassNeverPresentIsNotTested) {
    const auto all = scene_statistics(example(false), results::DeviationSet::predicted, 0, {});
    for (const std::size_t s : {0, 4}) {
        EXPECT_EQ(all[s].summary.present, 0U);
        EXPECT_EQ(all[s].summary.mean, 0.0);
        EXPECT_EQ(all[s].ci, (Interval{0.0, 0.0}));
        EXPECT_TRUE(std::isnan(all[s].p_value));
        EXPECT_TRUE(std::isnan(all[s].q_value));
    }
    for (const std::size_t s : {1, 2, 3, 5}) {
        EXPECT_GE(all[s].q_value, all[s].p_value);
        EXPECT_LE(all[s].ci.low, all[s].summary.mean);
        EXPECT_GE(all[s].ci.high, all[s].summary.mean);
    }
}

TEST(SceneStatistics, OfASceneWithoutCorrectPredictionsAreNotNumbers) {
    SceneSamples samples(3);
    samples.finish();
    const auto all = scene_statistics(samples, results::DeviationSet::correct, 0, {});
    ASSERT_EQ(all.size(), 3U);
    for (const ClassStatistics& one : all) {
        EXPECT_EQ(one.summary.images, 0U);
        EXPECT_TRUE(std::isnan(one.summary.mean));
        EXPECT_TRUE(std::isnan(one.ci.low));
        EXPECT_TRUE(std::isnan(one.p_value));
    }
}

TEST(SceneStatistics, OfASceneWithOneImage) {
    SceneSamples samples(3);
    samples.add(8, Classes{2}, Values{0.25F});
    samples.finish();
    const auto all = scene_statistics(samples, results::DeviationSet::correct, 0, {});
    EXPECT_EQ(all[2].summary.median, 0.25);
    EXPECT_EQ(all[2].ci, (Interval{0.25, 0.25}));
    EXPECT_EQ(all[2].p_value, 1.0);
    EXPECT_EQ(all[2].q_value, 1.0);
}

TEST(SceneStatistics, NeedResamples) {
    EXPECT_THROW(scene_statistics(example(false), results::DeviationSet::correct, 0, {.seed = 0, .resamples = 0}),
                 UsageError);
}

TEST(Distribution, IsTheShareOfLabelledPixels) {
    std::vector<std::uint64_t> counts(5);
    add_pixels(counts, Classes{1, 3}, std::vector<std::uint32_t>{10, 20});
    add_pixels(counts, Classes{3}, std::vector<std::uint32_t>{70});
    counts[0] = 1000;  // unlabelled
    EXPECT_THAT(pixel_shares(counts), ElementsAre(0.0, 0.1, 0.0, 0.9, 0.0));
}

TEST(Distribution, CountsBeyond32Bits) {
    std::vector<std::uint64_t> counts(3);
    for (int i = 0; i < 4; ++i) add_pixels(counts, Classes{1, 2}, std::vector<std::uint32_t>{3000000000U, 1000000000U});
    EXPECT_EQ(counts[1], 12000000000U);
    EXPECT_THAT(pixel_shares(counts), ElementsAre(0.0, 0.75, 0.25));
}

TEST(Distribution, WithoutLabelledPixelsIsNotANumber) {
    const auto shares = pixel_shares(std::vector<std::uint64_t>{7, 0, 0});
    EXPECT_EQ(shares[0], 0.0);
    EXPECT_TRUE(std::isnan(shares[1]));
    EXPECT_TRUE(std::isnan(shares[2]));
}

TEST(Relevance, ThresholdsAreNotReachedByEquality) {
    const RelevanceThresholds limits;
    EXPECT_EQ(relevance_of({.mean = 0.011, .present = true}, limits), Relevance::relevant);
    EXPECT_EQ(relevance_of({.mean = 0.01, .present = true}, limits), Relevance::irrelevant);
    EXPECT_EQ(relevance_of({.mean = -0.01, .present = true}, limits), Relevance::irrelevant);
    EXPECT_EQ(relevance_of({.mean = -0.011, .present = true}, limits), Relevance::distracting);
    EXPECT_EQ(relevance_of({.mean = 0.0, .present = false}, limits), Relevance::absent);
}

TEST(Relevance, DistractorCountsMakeDistractingAndARelevantClassStaysRelevant) {
    const RelevanceThresholds limits;
    EXPECT_EQ(relevance_of({.mean = 0.0, .present = true, .strongest = 1}, limits), Relevance::distracting);
    EXPECT_EQ(relevance_of({.mean = 0.0, .present = true, .strongest = 0, .flip = 1}, limits), Relevance::distracting);
    EXPECT_EQ(relevance_of({.mean = 0.5, .present = true, .strongest = 3, .flip = 3}, limits), Relevance::relevant);
}

TEST(Relevance, WithoutAMeanOnlyDistractorCountsSpeak) {
    const RelevanceThresholds limits;
    const double none = std::nan("");
    EXPECT_EQ(relevance_of({.mean = none, .present = true}, limits), Relevance::irrelevant);
    EXPECT_EQ(relevance_of({.mean = none, .present = true, .strongest = 0, .flip = 2}, limits), Relevance::distracting);
    EXPECT_EQ(relevance_of({.mean = none, .present = false}, limits), Relevance::absent);
}

TEST(Relevance, SetsAreOrderedByStrengthAndShowOverlap) {
    const std::vector<ClassEvidence> classes{{1, 0.02, true, 0, 0},  {2, 0.30, true, 2, 3},   {3, 0.30, true, 0, 0},
                                             {4, 0.001, true, 0, 0}, {5, 0.005, true, 0, 0},  {6, -0.40, true, 0, 0},
                                             {7, -0.05, true, 0, 0}, {8, 0.0, true, 1, 5},    {9, 0.0, true, 1, 1},
                                             {10, 0.0, false, 0, 0}, {11, -0.002, true, 0, 0}};
    const RelevanceSets sets = relevance_sets(classes, {});
    const auto indices = [](const std::vector<ClassEvidence>& set) {
        std::vector<int> result;
        for (const ClassEvidence& evidence : set) result.push_back(evidence.semantic);
        return result;
    };
    EXPECT_THAT(indices(sets.relevant), ElementsAre(2, 3, 1));
    EXPECT_THAT(indices(sets.irrelevant), ElementsAre(5, 4, 11));
    EXPECT_THAT(indices(sets.distracting), ElementsAre(2, 8, 9, 6, 7));
}

}  // namespace
}  // namespace semscope::statistics
