// Shapley values of games whose values can be written down, of all orders, and of samples.
#include "attribution_games.hpp"
#include "semscope/attribution/orders.hpp"
#include "semscope/attribution/shapley.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace semscope::attribution {
namespace {

using testing::HasSubstr;

/// A game without structure: a number for each coalition.
double noise(const Coalition& coalition) {
    return unit_float(philox4x32({static_cast<std::uint32_t>(coalition.to_ulong()), 0, 0, 0}, {1, 2})[0]);
}

/// The same of large images: effects of single classes and of pairs.
double smooth(const Coalition& coalition) {
    double sum = -1;
    for (std::size_t i = 0; i < coalition.size(); ++i)
        if (coalition.test(i)) {
            sum += std::sin(1.0 + static_cast<double>(i));
            if (i > 0 && coalition.test(i - 1)) sum += 0.7 * std::cos(static_cast<double>(i));
        }
    return 1 / (1 + std::exp(-sum));
}

/// The mean over all n! orders of what a class adds to those before it.
std::vector<double> mean_of_all_orders(std::size_t classes, const Game& game) {
    std::vector<std::size_t> order(classes);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> sums(classes);
    double orders = 0;
    do {
        Coalition coalition(classes);
        for (const std::size_t each : order) {
            const double before = game(coalition);
            sums[each] += game(coalition.set(each)) - before;
        }
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    for (double& sum : sums) sum /= orders;
    return sums;
}

TEST(Shapley, AnAdditiveGameGivesEachClassItsOwnPart) {
    const auto played = play(exact_settings(), 4, [](const Coalition& t) {
        return 0.1 + 0.05 * t[0] + 0.1 * t[1] + 0.2 * t[2] - 0.02 * t[3];
    });
    EXPECT_NEAR(played.shapley(0), 0.05, 1e-7);
    EXPECT_NEAR(played.shapley(1), 0.1, 1e-7);
    EXPECT_NEAR(played.shapley(2), 0.2, 1e-7);
    EXPECT_NEAR(played.shapley(3), -0.02, 1e-7);
}

TEST(Shapley, AProductOfTwoClassesIsSharedByThem) {
    const auto played = play(exact_settings(), 3, [](const Coalition& t) { return 0.2 + 0.6 * (t[0] && t[2]); });
    EXPECT_NEAR(played.shapley(0), 0.3, 1e-7);
    EXPECT_NEAR(played.shapley(1), 0, 1e-7);
    EXPECT_NEAR(played.shapley(2), 0.3, 1e-7);
}

TEST(Shapley, TwoClassesThatStandInForEachOtherAreFoundThoughEachAloneSeemsIrrelevant) {
    const Game either = [](const Coalition& t) { return 0.2 + 0.6 * (t[0] || t[1]); };
    Settings settings = exact_settings();
    settings.interactions = true;
    const auto played = play(settings, 3, either);
    const auto& rows = played.evaluation.probabilities();
    for (std::size_t i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(rows[0] - rows[2 * (i + 1)], 0) << "deviation of class " << i;
    EXPECT_NEAR(played.shapley(0), 0.3, 1e-7);
    EXPECT_NEAR(played.shapley(1), 0.3, 1e-7);
    EXPECT_NEAR(played.shapley(2), 0, 1e-7);
    const auto interactions = played.evaluation.interactions();
    ASSERT_EQ(interactions.size(), 3);
    EXPECT_NEAR(interactions[0].predicted, -0.6, 1e-6) << "0 and 1";
    EXPECT_NEAR(interactions[1].predicted, 0, 1e-6) << "0 and 2";
    EXPECT_NEAR(interactions[2].predicted, 0, 1e-6) << "1 and 2";
    EXPECT_NEAR(interactions[0].truth, 0.6, 1e-6) << "of the other scene, which is the true one";
}

TEST(Shapley, AllCoalitionsGiveTheMeanOverAllOrders) {
    for (const std::size_t classes : {1U, 2U, 3U, 5U, 7U}) {
        const auto played = play(exact_settings(), classes, noise);
        const auto expected = mean_of_all_orders(classes, noise);
        for (std::size_t i = 0; i < classes; ++i) {
            EXPECT_NEAR(played.shapley(i), expected[i], 1e-6) << i << " of " << classes;
            EXPECT_EQ(played.error(i), 0);
        }
        EXPECT_EQ(played.asked.size(), std::size_t{1} << classes);
        for (const auto& [coalition, times] : played.asked) EXPECT_EQ(times, 1) << coalition;
    }
}

TEST(Shapley, AnImageWithoutClassesIsForwardedOnce) {
    const auto played = play(exact_settings(), 0, noise);
    EXPECT_EQ(played.asked.size(), 1);
    EXPECT_TRUE(played.evaluation.shapley()->values.empty());
    EXPECT_EQ(played.evaluation.empty_probabilities(), played.evaluation.probabilities());
}

Settings sampled_settings(std::uint32_t budget) {
    Settings settings;
    settings.shapley = Shapley::automatic;
    settings.budget = budget;
    return settings;
}

TEST(Shapley, SamplesStayWithinTheBudgetAskForNothingTwiceAndSumToTheWhole) {
    for (const std::size_t classes : {10U, 12U, 23U, 40U}) {
        const auto played = play(sampled_settings(512), classes, smooth, 7);
        EXPECT_LE(played.asked.size(), 512);
        EXPECT_GT(played.asked.size(), 512 - 2 * (classes - 2)) << "another pair would have had room";
        for (const auto& [coalition, times] : played.asked) EXPECT_EQ(times, 1) << coalition;
        double sum = 0;
        for (std::size_t i = 0; i < classes; ++i) sum += played.shapley(i);
        EXPECT_NEAR(sum, smooth(all_of(classes)) - smooth(Coalition(classes)), 1e-6) << classes;
    }
}

TEST(Shapley, TheSmallestBudgetThatIsTakenGivesTwoPairs) {
    for (const std::size_t classes : {5U, 9U, 30U}) {
        const auto least = static_cast<std::uint32_t>(5 * classes - 6);
        EXPECT_EQ(problem_with_budget(sampled_settings(least), classes), "");
        EXPECT_GE(ShapleyPlan(sampled_settings(least), 3, classes).group_pairs().size(), 2) << classes;
        EXPECT_THAT(problem_with_budget(sampled_settings(least - 1), classes), HasSubstr("are the least"));
        EXPECT_THROW(ShapleyPlan(sampled_settings(least - 1), 3, classes), LibraryError);
    }
}

TEST(Shapley, ExactRefusesWhatDoesNotFit) {
    EXPECT_EQ(problem_with_budget(exact_settings(), 10), "");
    EXPECT_THAT(problem_with_budget(exact_settings(), 11), HasSubstr("attribution.budget = 2048 or"));
    EXPECT_THAT(problem_with_budget(exact_settings(), 30), HasSubstr("set attribution.shapley = auto"));
}

// What is drawn differs from image to image, the values to be found are the same.
TEST(Shapley, SampledValuesLieWithinThreeStandardErrorsAndTheErrorFallsAsTheRootOfTheBudget) {
    constexpr std::size_t classes = 12;
    constexpr std::uint64_t images = 500;
    Settings all = exact_settings();
    all.budget = 1 << classes;
    const auto exact = play(all, classes, smooth);
    std::vector<double> mean_square;
    for (const std::uint32_t budget : {128U, 512U, 2048U}) {
        double within = 0, square = 0, bias = 0;
        for (std::uint64_t image = 0; image < images; ++image) {
            const auto played = play(sampled_settings(budget), classes, smooth, image, 64);
            for (std::size_t i = 0; i < classes; ++i) {
                const double off = played.shapley(i) - exact.shapley(i);
                within += std::abs(off) <= 3 * played.error(i) ? 1 : 0;
                square += played.error(i) * played.error(i);
                bias += i == 0 ? off : 0;
            }
        }
        const double entries = classes * images;
        // With 5 pairs (budget 128) the error itself is known badly: Student's t with 4 degrees of freedom.
        EXPECT_GE(within / entries, budget == 128 ? 0.95 : 0.99) << budget;
        mean_square.push_back(square / entries);
        EXPECT_LT(std::abs(bias / images), 4 * std::sqrt(square / entries / images)) << budget;
    }
    // The number of pairs grows a little faster than the budget: coalitions repeat.
    for (const std::size_t i : {0U, 1U}) {
        const double ratio = std::sqrt(mean_square[i] / mean_square[i + 1]);
        EXPECT_GT(ratio, 1.8) << i;
        EXPECT_LT(ratio, 3.2) << i;
    }
}

TEST(Shapley, WhatIsDrawnDependsOnSeedAndImageAlone) {
    const auto coalitions = [](std::uint64_t seed, std::uint64_t image) {
        Settings settings = sampled_settings(100);
        settings.seed = seed;
        const ShapleyPlan plan(settings, image, 12);
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < plan.size(); ++i) {
            texts.emplace_back();
            to_string(plan.coalition(i), texts.back());
        }
        return texts;
    };
    EXPECT_EQ(coalitions(1, 5), coalitions(1, 5));
    EXPECT_NE(coalitions(1, 5), coalitions(1, 6));
    EXPECT_NE(coalitions(1, 5), coalitions(2, 5));
}

}  // namespace
}  // namespace semscope::attribution
