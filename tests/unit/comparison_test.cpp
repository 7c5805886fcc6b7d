// The local parts of a comparison: ranks, pairs of an image, and what a scene makes of them.
#include "comparison/scene_pairs.hpp"
#include "semscope/comparison/agreement.hpp"
#include "semscope/comparison/image_pair.hpp"
#include "semscope/comparison/job.hpp"
#include "semscope/comparison/rank_correlation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace semscope::comparison {
namespace {

using results::DifferenceColumn;
using results::Role;
using testing::ElementsAre;
using testing::IsEmpty;

using Floats = std::vector<float>;
using Classes = std::vector<std::uint16_t>;

double correlation(const Floats& a, const Floats& b) { return rank_correlation(a, b); }

TEST(RankCorrelation, IsOneForOneOrderAndMinusOneForTheReverse) {
    EXPECT_EQ(correlation({1, 5, 2, 9}, {10, 30, 20, 31}), 1.0);
    EXPECT_EQ(correlation({1, 5, 2, 9}, {-10, -30, -20, -31}), -1.0);
    EXPECT_EQ(correlation({0.5F, 0.25F}, {2, 1}), 1.0);
}

// Spearman's own formula, 1 - 6 sum d^2 / (n (n^2 - 1)), which holds without ties.
TEST(RankCorrelation, AgreesWithTheSumOfSquaredDifferencesOfRanks) {
    EXPECT_DOUBLE_EQ(correlation({1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}), 1 - 6 * 4.0 / (5 * 24));
    EXPECT_DOUBLE_EQ(correlation({3, 1, 2}, {1, 2, 3}), 1 - 6 * 6.0 / (3 * 8));
}

// Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: numpy.corrcoef of these gives 0.9486832980505138, as does scipy.stats.spearmanr.
TEST(RankCorrelation, EqualValuesShareTheMeanOfTheirRanks) {
    EXPECT_DOUBLE_EQ(correlation({1, 2, 2, 4}, {1, 3, 2, 4}), 4.5 / std::sqrt(4.5 * 5.0));
    EXPECT_DOUBLE_EQ(correlation({0, 0, 1, 1}, {0, 0, 1, 1}), 1.0);
}

TEST(RankCorrelation, IsNoNumberWhereNothingCanBeRanked) {
    EXPECT_TRUE(std::isnan(correlation({}, {})));
    EXPECT_TRUE(std::isnan(correlation({1}, {2})));
    EXPECT_TRUE(std::isnan(correlation({3, 3, 3}, {1, 2, 3})));
    EXPECT_TRUE(std::isnan(correlation({1, 2, 3}, {0, 0, 0})));
}

/// Two scenes. First: classes 2, 4; recognised as scene 0. Second: classes 2, 3; taken for scene 1.
struct Example {
    Floats p{0.75F, 0.25F}, other_p{0.25F, 0.75F};
    Classes semantic{2, 4}, other_semantic{2, 3};
    Floats variants{0.25F, 0.75F, 0.5F, 0.5F}, other_variants{0.125F, 0.875F, 0.75F, 0.25F};
    statistics::ImageRows first() const { return {p, semantic, variants}; }
    statistics::ImageRows second() const { return {other_p, other_semantic, other_variants}; }
};

TEST(ImagePair, HoldsTheClassesOfBothWithZeroWhereOneIsAbsent) {
    const Example example;
    const auto classes = pair_classes(example.first(), example.second(), 0);
    ASSERT_EQ(classes.size(), 3U);
    const auto numbers = [](const PairedClass& one) {
        return std::vector<double>{static_cast<double>(one.semantic), one.first, one.second,
                                   static_cast<double>(one.present), one.difference()};
    };
    EXPECT_THAT(numbers(classes[0]), ElementsAre(2, 0.5, 0.125, 3, -0.375));
    EXPECT_THAT(numbers(classes[1]), ElementsAre(3, 0, -0.5, 2, -0.5));
    EXPECT_THAT(numbers(classes[2]), ElementsAre(4, 0.25, 0, 1, -0.25));
    EXPECT_TRUE(std::isnan(rank_correlation_of(classes))) << "one class alone is in both";
    EXPECT_EQ(largest_difference(classes).value().semantic, 3);
    EXPECT_THAT(pair_classes({example.p, {}, {}}, {example.other_p, {}, {}}, 0), IsEmpty());
    EXPECT_FALSE(largest_difference(pair_classes(example.first(), example.first(), 1)).has_value());
    EXPECT_EQ(rank_correlation_of(pair_classes(example.first(), example.first(), 1)), 1.0F);
}

TEST(ImagePair, AClassIsNecessaryWhereTheImageIsRecognisedAndAFlipWhereItIsMissed) {
    const Example example;
    auto classes = pair_classes(example.first(), example.second(), 0);
    set_roles(classes, example.first(), example.second(), 0);
    // Without 2 the first takes it for scene 1; without 3 the second recognises it; without 4 the first is at a tie,
    // which the lower scene wins.
    EXPECT_EQ(classes[0].role, static_cast<std::uint8_t>(Role::necessary));
    EXPECT_EQ(classes[1].role, static_cast<std::uint8_t>(Role::flip));
    EXPECT_EQ(classes[2].role, static_cast<std::uint8_t>(Role::none));
}

TEST(Agreement, CountsWhoIsRightAndWhoAgrees) {
    Agreement agreement;
    agreement.add(1, 1, 1);
    agreement.add(1, 1, 0);
    agreement.add(1, 0, 1);
    agreement.add(1, 0, 0);
    agreement.add(-1, 2, 2);
    EXPECT_EQ(agreement.images, 5U);
    EXPECT_EQ(agreement.judged, 4U);
    EXPECT_EQ(agreement.same_prediction, 3U);
    EXPECT_EQ(agreement.first_alone(), 1U);
    EXPECT_EQ(agreement.second_alone(), 1U);
    EXPECT_EQ(agreement.correct_both, 1U);
}

/// Images 0, 1, 2 of scene 5: recognised by both, by the first, by neither.
results::ComparedScenes summarised(const std::vector<int>& order) {
    const std::vector<PairRecord> images{{0, 5, 2, 1.0F, 3}, {1, 5, 1, NAN, 1}, {2, 5, 0, NAN, 0}};
    const std::vector<std::vector<PairedClass>> classes{
        {{0.5F, 0.25F, 1, 3, 0}, {0.0F, 0.125F, 2, 2, 0}}, {{0.25F, -0.25F, 1, 3, 3}}, {}};
    ScenePairs pairs({5, 7}, 4);
    for (const int i : order)
        pairs.add(images.at(static_cast<std::size_t>(i)), classes.at(static_cast<std::size_t>(i)));
    return pairs.summarise({.seed = 1, .resamples = 500, .permutations = 100}, 0.05, [](std::uint64_t) {});
}

TEST(ScenePairs, MakesOfASceneWhatItsPairsSay) {
    const auto rows = summarised({0, 1, 2});
    const auto column = [&](DifferenceColumn name, std::size_t s) {
        return rows.columns.at(static_cast<std::size_t>(name))[s];
    };
    EXPECT_THAT(rows.images, ElementsAre(3, 0));
    EXPECT_THAT(std::vector(rows.present.begin(), rows.present.begin() + 4), ElementsAre(0, 2, 1, 0));
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::mean_first, 1), 0.25);
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::mean_second, 1), 0.0);
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::mean, 1), -0.25);
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::mean, 2), 0.125 / 3);
    // -0.25 and -0.5: of the four sign patterns the observed one and its opposite are as far from 0.
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::p_value, 1), 0.5);
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::p_value, 2), 1.0);
    EXPECT_DOUBLE_EQ(column(DifferenceColumn::q_value, 1), 1.0);
    EXPECT_TRUE(std::isnan(column(DifferenceColumn::q_value, 3)));
    EXPECT_GE(column(DifferenceColumn::ci_low, 1), -0.5);
    EXPECT_LE(column(DifferenceColumn::ci_high, 1), 0.0);
    EXPECT_THAT(rows.rank_images, ElementsAre(1, 0));
    EXPECT_EQ(rows.rank_mean[0], 1.0);
    EXPECT_TRUE(std::isnan(rows.rank_mean[1]) && std::isnan(column(DifferenceColumn::mean, 4)));
}

TEST(ScenePairs, TheRelevantSetsAreThoseOfTheCorrectPredictionsOfEachFile) {
    const auto rows = summarised({0, 1, 2});
    EXPECT_THAT(rows.correct[0], ElementsAre(2, 0));
    EXPECT_THAT(rows.correct[1], ElementsAre(1, 0));
    EXPECT_DOUBLE_EQ(rows.correct_mean[0][1], 0.375);
    EXPECT_DOUBLE_EQ(rows.correct_mean[1][2], 0.125);
    EXPECT_THAT(std::vector(rows.relevant[0].begin(), rows.relevant[0].begin() + 4), ElementsAre(0, 1, 0, 0));
    EXPECT_THAT(std::vector(rows.relevant[1].begin(), rows.relevant[1].begin() + 4), ElementsAre(0, 1, 1, 0));
    EXPECT_EQ(rows.jaccard[0], 0.5);
    EXPECT_TRUE(std::isnan(rows.jaccard[1])) << "no class is relevant";
    EXPECT_THAT(rows.both, ElementsAre(1, 0));
    EXPECT_THAT(rows.neither, ElementsAre(1, 0));
    EXPECT_THAT(rows.alone[0], ElementsAre(1, 0));
    EXPECT_EQ(rows.necessary[0][1], 1U);
    EXPECT_EQ(rows.flip[0][1], 1U);
    EXPECT_EQ(rows.flip[1][1], 0U);
}

TEST(ScenePairs, TheOrderOfTheImagesDoesNotMatter) {
    const auto one = summarised({0, 1, 2}), other = summarised({2, 1, 0});
    for (std::size_t i = 0; i < results::difference_column_count; ++i)
        for (std::size_t s = 0; s < 4; ++s) {
            const double a = one.columns.at(i)[s], b = other.columns.at(i)[s];
            EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << i << " " << s;
        }
}

TEST(MeanInterval, LeavesOutWhatIsNoNumber) {
    statistics::OwnIntervals intervals(1000);
    const auto mean = mean_interval(std::vector<double>{1, NAN, 0, NAN}, {.seed = 3, .set = 4}, intervals);
    EXPECT_EQ(mean.mean, 0.5);
    EXPECT_EQ(mean.low, 0.0);  // a quarter of the resamples draw 0 twice
    EXPECT_EQ(mean.high, 1.0);
    EXPECT_TRUE(std::isnan(mean_interval(std::vector<double>{NAN}, {}, intervals).mean));
}

TEST(Labels, AreTheLastPartsOfThePathsThatDiffer) {
    EXPECT_THAT(labels_of("/x/resnet/occlusion.h5", "/x/vgg/occlusion.h5"), ElementsAre("resnet", "vgg"));
    EXPECT_THAT(labels_of("/x/mean.h5", "/x/blur.h5"), ElementsAre("mean", "blur"));
    EXPECT_THAT(labels_of("/x/a.b.h5", "/y/a.b.h5"), ElementsAre("x", "y"));
    EXPECT_THAT(labels_of("/x/a.h5", "/x/a.h5"), ElementsAre("first", "second"));
}

TEST(Options, TheTwoFilesAreTheArgumentsWithoutAName) {
    cli::Settings settings;
    cli::Options options = job_options(settings);
    const std::vector<const char*> words{"semscope-compare", "one.h5", "--statistics.seed", "4", "/two.h5"};
    EXPECT_EQ(options.parse(static_cast<int>(words.size()), words.data()), cli::Request::run);
    EXPECT_EQ(settings.compare.first.filename(), "one.h5");
    EXPECT_EQ(settings.compare.second, "/two.h5");
    EXPECT_EQ(settings.statistics.seed, 4U);
    const std::vector<const char*> third{"semscope-compare", "one.h5", "two.h5", "three.h5"};
    EXPECT_THROW(options.parse(static_cast<int>(third.size()), third.data()), UsageError);
    const std::vector<const char*> one{"semscope-compare", "one.h5"};
    cli::Settings untouched;
    cli::Options fresh = job_options(untouched);
    EXPECT_THROW(fresh.parse(static_cast<int>(one.size()), one.data()), Error);
}

}  // namespace
}  // namespace semscope::comparison
