// Curves, their areas and flips, and the number of forwards that all of it takes.
#include "attribution_games.hpp"
#include "semscope/attribution/curves.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

namespace semscope::attribution {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

Settings curve_settings(Shapley shapley = Shapley::off) {
    Settings settings;
    settings.shapley = shapley;
    settings.curves = true;
    settings.random_orders = 3;
    return settings;
}

double several_classes(const Coalition& t) {
    double sum = 0.4;
    for (std::size_t i = 0; i < t.size(); ++i) sum += t[i] * 0.03 * std::sin(static_cast<double>(i));
    return sum;
}

/// Scene 0 is predicted while its probability is 0.5 or more.
double additive(const Coalition& t) { return 0.1 + 0.4 * t[0] + 0.1 * t[1] + 0.3 * t[2]; }

TEST(Curves, OfAnAdditiveGameAreSumsInTheOrderOfTheDeviations) {
    const auto played = play(curve_settings(), 3, additive);
    ASSERT_EQ(played.evaluation.orders().size(), 5);
    const Order& order = played.evaluation.orders().front();
    EXPECT_THAT(order, ElementsAre(0, 2, 1));
    const Curve& curve = played.evaluation.curves().front();
    const std::vector<float> deletion{0.9F, 0.5F, 0.2F, 0.1F};
    const std::vector<float> insertion{0.1F, 0.5F, 0.8F, 0.9F};
    EXPECT_THAT(curve.deletion, Pointwise(FloatNear(1e-6F), deletion));
    EXPECT_THAT(curve.insertion, Pointwise(FloatNear(1e-6F), insertion));
    EXPECT_EQ(curve.flip_count, 2) << "0.5 is still the first of equals";
    EXPECT_NEAR(curve.deletion_area, (0.7 + 0.35 + 0.15) / 3, 1e-6);
    EXPECT_NEAR(curve.insertion_area, (0.3 + 0.65 + 0.85) / 3, 1e-6);
    // Classes 0, 1, 2 have 10, 11, 12 pixels.
    EXPECT_NEAR(curve.deletion_area_pixels, (10 * 0.7 + 12 * 0.35 + 11 * 0.15) / 33, 1e-6);
    EXPECT_NEAR(curve.insertion_area_pixels, (10 * 0.3 + 12 * 0.65 + 11 * 0.85) / 33, 1e-6);
    EXPECT_THAT(played.evaluation.orders()[1], ElementsAre(2, 1, 0)) << "by area";
}

TEST(Curves, FollowTheSceneThatIsPredictedForTheWholeImage) {
    const auto played = play(curve_settings(), 2, [](const Coalition& t) { return 0.3 - 0.2 * t[0] + 0.1 * t[1]; });
    const Curve& curve = played.evaluation.curves().front();
    EXPECT_THAT(curve.deletion, ElementsAre(FloatNear(0.8F, 1e-6F), FloatNear(0.6F, 1e-6F), FloatNear(0.7F, 1e-6F)));
    EXPECT_EQ(curve.flip_count, 0) << "it never changes";
}

TEST(Curves, AnImageWithoutClassesHasNoArea) {
    const auto played = play(curve_settings(), 0, [](const Coalition&) { return 0.7; });
    const Curve& curve = played.evaluation.curves().front();
    EXPECT_TRUE(std::isnan(curve.deletion_area) && std::isnan(curve.insertion_area_pixels));
    EXPECT_EQ(played.asked.size(), 1);
}

TEST(Curves, OfExactShapleyValuesTakeNoForwardBesides) {
    const auto played = play(curve_settings(Shapley::exact), 6, [](const Coalition& t) {
        return 0.2 + 0.1 * static_cast<double>(t.count()) - 0.05 * t[3] * t[1];
    });
    EXPECT_EQ(played.asked.size(), 64);
    EXPECT_EQ(played.evaluation.orders().size(), 6);
}

/// What is asked for: Shapley values, curves, interactions, number of classes.
using Asked = std::tuple<Shapley, bool, bool, std::size_t>;
class EvaluationOf : public testing::TestWithParam<Asked> {};

// Nothing twice, and as many forwards as were planned, or fewer with curves.
TEST_P(EvaluationOf, TakesTheForwardsThatWerePlanned) {
    const auto [shapley, curves, interactions, classes] = GetParam();
    Settings settings = curve_settings(shapley);
    settings.curves = curves;
    settings.interactions = interactions;
    settings.budget = 100;
    const auto played = play(settings, classes, several_classes, 4);
    ASSERT_TRUE(played.evaluation.finished());
    for (const auto& [coalition, times] : played.asked) EXPECT_EQ(times, 1) << coalition;
    const std::uint64_t planned = planned_forwards(settings, 4, classes);
    EXPECT_LE(played.asked.size(), planned);
    if (!curves) {
        EXPECT_EQ(played.asked.size(), planned);
    }
    EXPECT_EQ(played.evaluation.given(), played.asked.size());
    EXPECT_EQ(played.evaluation.interactions().size(), interactions ? classes * (classes - 1) / 2 : 0);
    if (!settings.any()) {
        EXPECT_EQ(planned, classes + 1) << "as ever";
    }
}

INSTANTIATE_TEST_SUITE_P(Everything, EvaluationOf,
                         testing::Combine(testing::Values(Shapley::off, Shapley::automatic), testing::Bool(),
                                          testing::Bool(), testing::Values(0, 1, 2, 3, 8, 13)));

TEST(Evaluation, GivesTheSameHoweverManyRowsItWaitsFor) {
    Settings settings = curve_settings(Shapley::automatic);
    settings.interactions = true;
    settings.budget = 100;
    const Game game = [](const Coalition& t) { return 0.5 - 0.3 * std::sin(static_cast<double>(t.to_ulong())); };
    const auto one = play(settings, 9, game, 2, 1);
    const auto many = play(settings, 9, game, 2, 1000);
    EXPECT_EQ(one.asked, many.asked);
    EXPECT_EQ(one.evaluation.shapley()->values, many.evaluation.shapley()->values);
    EXPECT_EQ(one.evaluation.orders(), many.evaluation.orders());
    EXPECT_EQ(one.evaluation.probabilities(), many.evaluation.probabilities());
}

TEST(Evaluation, AScoreThatIsNoNumberDoesNotStopIt) {
    const auto played =
        play(curve_settings(Shapley::automatic), 4, [](const Coalition& t) { return t[2] ? 0.5 : std::nan(""); });
    EXPECT_TRUE(played.evaluation.finished());
}

}  // namespace
}  // namespace semscope::attribution
