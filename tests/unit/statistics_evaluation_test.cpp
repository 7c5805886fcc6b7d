#include "semscope/core/errors.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace semscope::statistics {
namespace {

using testing::ElementsAre;

using Row = std::vector<float>;

TEST(Scores, OfEqualProbabilitiesTheLowestIndexWins) {
    const Row row{0.1F, 0.4F, 0.4F, 0.1F};
    EXPECT_EQ(argmax(row), 1U);
    EXPECT_EQ(position_of(row, 1), 0U);
    EXPECT_EQ(position_of(row, 2), 1U);
    EXPECT_EQ(position_of(row, 0), 2U);
    EXPECT_EQ(position_of(row, 3), 3U);
}

TEST(Scores, PositionZeroIsThePrediction) {
    for (const Row& row : {Row{0.25F, 0.25F, 0.25F, 0.25F}, Row{0, 0, 1, 0}, Row{1}})
        for (std::uint32_t c = 0; c < row.size(); ++c) EXPECT_EQ(position_of(row, c) == 0, argmax(row) == c);
}

TEST(Scores, WhatIsNoProbabilityIsSeen) {
    EXPECT_TRUE(is_probability_row(Row{0.0F, 1.0F}));
    EXPECT_FALSE(is_probability_row(Row{0.5F, std::numeric_limits<float>::quiet_NaN()}));
    EXPECT_FALSE(is_probability_row(Row{0.5F, 1.5F}));
    EXPECT_FALSE(is_probability_row(Row{-0.1F}));
}

TEST(ScoreImage, RefusesWhatCannotBe) {
    EXPECT_THROW(score_image(Row{0.5F, 0.5F}, 2, 0.7F), InputError);
    EXPECT_THROW(score_image(Row{std::numeric_limits<float>::quiet_NaN(), 0.5F}, 1, 0.7F), InputError);
}

TEST(Evaluation, CountsByHand) {
    // 3 scenes; scene 2 has no image. Positions: 0, 1, 2, 0.
    EvaluationCounts counts(3);
    const std::vector<ImageScore> scores{
        score_image(Row{0.7F, 0.2F, 0.1F}, 0, 0.5F), score_image(Row{0.2F, 0.7F, 0.1F}, 0, 1.5F),
        score_image(Row{0.2F, 0.1F, 0.7F}, 1, 2.5F), score_image(Row{0.2F, 0.7F, 0.1F}, 1, 0.5F)};
    for (const ImageScore& score : scores) counts.add(score);
    counts.add_unreadable();
    counts.add_not_finite();

    EXPECT_EQ(counts.images, 4U);
    EXPECT_EQ(counts.unreadable, 1U);
    EXPECT_EQ(counts.not_finite, 1U);
    EXPECT_THAT(counts.confusion, ElementsAre(1, 1, 0, 0, 1, 1, 0, 0, 0));
    EXPECT_THAT(counts.scene_images, ElementsAre(2, 2, 0));
    EXPECT_THAT(counts.scene_top1, ElementsAre(1, 1, 0));
    EXPECT_THAT(counts.scene_top2, ElementsAre(2, 1, 0));
    EXPECT_THAT(counts.scene_top5, ElementsAre(2, 2, 0));

    const results::EvaluationSummary table = evaluate(counts, add_losses(0, scores));
    EXPECT_EQ(table.loss, 1.25);
    EXPECT_EQ(table.top1, 50.0);
    EXPECT_EQ(table.top2, 75.0);
    EXPECT_EQ(table.top5, 100.0);
    EXPECT_EQ(table.mean_class_accuracy, 50.0);
}

TEST(Evaluation, MeanClassAccuracyWeighsScenesAndNotImages) {
    EvaluationCounts counts(2);
    for (int i = 0; i < 3; ++i) counts.add({.scene = 0, .predicted = 0, .position = 0, .loss = 0});
    counts.add({.scene = 1, .predicted = 0, .position = 1, .loss = 0});
    const results::EvaluationSummary table = evaluate(counts, 0);
    EXPECT_EQ(table.top1, 75.0);
    EXPECT_EQ(table.mean_class_accuracy, 50.0);
}

TEST(Evaluation, AnImageOfUnknownSceneTakesNoPart) {
    EvaluationCounts counts(2);
    const auto unknown = score_image(Row{0.4F, 0.6F}, -1, std::numeric_limits<float>::quiet_NaN());
    EXPECT_EQ(unknown.predicted, 1U);
    EXPECT_FALSE(unknown.correct());
    const std::vector<ImageScore> scores{score_image(Row{0.9F, 0.1F}, 0, 0.25F), unknown};
    for (const ImageScore& score : scores) counts.add(score);
    EXPECT_EQ(counts.images, 1U);
    EXPECT_EQ(counts.unknown, 1U);
    EXPECT_EQ(evaluate(counts, add_losses(0, scores)).loss, 0.25);
    EXPECT_EQ(evaluate(counts, 0).top1, 100.0);
}

TEST(Evaluation, OfNoImagesIsNotANumber) {
    const results::EvaluationSummary table = evaluate(EvaluationCounts(3), 0);
    EXPECT_TRUE(std::isnan(table.loss));
    EXPECT_TRUE(std::isnan(table.top1));
    EXPECT_TRUE(std::isnan(table.mean_class_accuracy));
}

TEST(Evaluation, MergedPartsEqualTheWhole) {
    EvaluationCounts whole(4);
    EvaluationCounts parts[2]{EvaluationCounts(4), EvaluationCounts(4)};
    std::vector<ImageScore> scores;
    for (std::uint32_t i = 0; i < 40; ++i)
        scores.push_back({static_cast<std::int32_t>(i % 5) - 1, i % 3, i % 4, 0.1F * static_cast<float>(i)});
    for (std::size_t i = 0; i < scores.size(); ++i) {
        whole.add(scores[i]);
        parts[i % 2].add(scores[i]);
    }
    parts[1].add_unreadable();
    whole.add_unreadable();
    parts[1].merge(parts[0]);
    EXPECT_EQ(parts[1].images, whole.images);
    EXPECT_EQ(parts[1].unknown, whole.unknown);
    EXPECT_EQ(parts[1].unreadable, whole.unreadable);
    EXPECT_EQ(parts[1].confusion, whole.confusion);
    EXPECT_EQ(parts[1].scene_images, whole.scene_images);
    EXPECT_EQ(parts[1].scene_top2, whole.scene_top2);

    const std::span all(scores);
    EXPECT_EQ(add_losses(add_losses(0, all.first(17)), all.subspan(17)), add_losses(0, all));
}

}  // namespace
}  // namespace semscope::statistics
