

// The local parts of the reduction: what is told of an image, and what a scene makes of it.
#include "semscope/statistics/evaluation.hpp"
#include "semscope/statistics/image_record.hpp"
#include "statistics/scene_statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace semscope::statistics {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

using Floats = std::vector<float>;
using Classes = std::vector<std::uint16_t>;
using Pixels = std::vector<std::uint32_t>;

/// Three scenes; scene 1 is predicted; without class 2 it is scene 0, without class 4 still scene 1.
struct Example {
    Floats p{0.3F, 0.6F, 0.1F};
    Classes semantic{2, 4};
    Floats variants{0.7F, 0.2F, 0.1F, 0.25F, 0.5F, 0.25F};
    Pixels pixels{100, 300};
    ImageRows rows() const { return {p, semantic, variants}; }
    std::vector<ImageReport> report(std::int32_t truth) const {
        return report_image(8, rows(), pixels, score_image(p, truth, 1), 6);
    }
};

TEST(ReportImage, ARecognisedImageIsReportedOnceWithItsDeviations) {
    const auto reports = Example().report(1);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].image.scene, 1U);
    EXPECT_TRUE(reports[0].image.is_truth() && reports[0].image.is_prediction());
    EXPECT_EQ(reports[0].classes[0].deviation, 0.6F - 0.2F);
    EXPECT_EQ(reports[0].classes[1].deviation, 0.6F - 0.5F);
    EXPECT_EQ(reports[0].classes[0].flip, 0);
}

TEST(ReportImage, AMissedImageTellsItsTrueSceneOfDistractors) {
    const auto reports = Example().report(0);
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_TRUE(reports[0].image.is_prediction() && !reports[0].image.is_truth());
    EXPECT_TRUE(reports[1].image.is_truth() && !reports[1].image.is_prediction());
    EXPECT_EQ(reports[1].classes[0].flip, 1);
    EXPECT_EQ(reports[1].classes[0].strongest, 1);  // 0.7 is the largest of all
    EXPECT_EQ(reports[1].classes[1].flip, 0);
    EXPECT_EQ(reports[1].classes[1].pixels, 300U);
}

TEST(ReportImage, AnImageOfUnknownSceneCountsForItsPredictionOnly) {
    const auto reports = Example().report(-1);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_FALSE(reports[0].image.is_truth());
}

TEST(SceneCollector, SumsUpWhatItIsToldWhateverTheOrder) {
    const auto summarise = [](const std::vector<std::int32_t>& truths) {
        SceneCollector collector({0, 3}, 6);
        for (const std::int32_t truth : truths)
            for (const ImageReport& each : Example().report(truth)) {
                ImageRecord record = each.image;
                record.image = static_cast<std::uint32_t>(10 + truth);
                collector.add(record, each.classes);
            }
        return collector.summarise({.seed = 0, .resamples = 20, .permutations = 20}, {}, [](std::uint64_t) {});
    };
    const auto rows = summarise({1, 0, -1});
    EXPECT_THAT(rows.deviation[0].images, ElementsAre(0, 1, 0));
    EXPECT_THAT(rows.deviation[1].images, ElementsAre(0, 3, 0));
    EXPECT_THAT(rows.distractor_images, ElementsAre(1, 0, 0));
    EXPECT_EQ(rows.strongest[2], 1U);
    EXPECT_EQ(rows.distribution_truth[2], 0.25);
    EXPECT_EQ(rows.relevance[2], static_cast<std::uint8_t>(Relevance::distracting));
    EXPECT_EQ(rows.relevance[6 + 2], static_cast<std::uint8_t>(Relevance::relevant));
    EXPECT_EQ(rows.relevance[0], static_cast<std::uint8_t>(Relevance::absent));
    EXPECT_THAT(rows.deviation[1].sample_image, ElementsAre(9, 10, 11, 9, 10, 11));

    const auto again = summarise({-1, 0, 1});
    EXPECT_EQ(again.deviation[1].sample_image, rows.deviation[1].sample_image);
    EXPECT_EQ(again.deviation[1].columns[0][6 + 2], rows.deviation[1].columns[0][6 + 2]);
}

TEST(Argmax, IsTheFirstLargestForEveryLength) {
    std::mt19937 generator(3);
    std::uniform_int_distribution<int> level(0, 9);
    for (std::size_t length = 1; length < 100; ++length) {
        Floats row(length);
        for (float& p : row) p = static_cast<float>(level(generator));
        EXPECT_EQ(argmax(row), std::max_element(row.begin(), row.end()) - row.begin()) << length;
    }
}

TEST(IsDistribution, FindsWhateverIsWrongAtAnyPlace) {
    for (const std::size_t length : {1, 3, 15, 16, 17, 40, 365}) {
        const Floats even(length, 1.0F / static_cast<float>(length));
        EXPECT_TRUE(is_distribution(even)) << length;
        EXPECT_FALSE(is_distribution(Floats(length, 0.0F))) << length;
        for (std::size_t i = 0; i < length; ++i)
            for (const float wrong : {std::nanf(""), -0.25F, 1.5F, INFINITY}) {
                Floats row = even;
                row[i] = wrong;
                EXPECT_FALSE(is_distribution(row)) << length << " " << i << " " << wrong;
            }
    }
}

}  // namespace
}  // namespace semscope::statistics
