

// The bootstrap, the sign-flip test and the correction for many tests.
#include "semscope/statistics/inference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace semscope::statistics {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::NanSensitiveDoubleEq;

using Values = std::vector<float>;

Values normal_values(std::size_t count, float mean, float deviation, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> distribution(mean, deviation);
    Values values(count);
    for (float& value : values) value = distribution(generator);
    return values;
}

TEST(Bootstrap, OfNoImagesIsNotANumberAndOfAnAbsentClassZero) {
    EXPECT_TRUE(std::isnan(bootstrap_mean({{}, 0}, {}).low));
    EXPECT_TRUE(std::isnan(bootstrap_mean({{}, 0}, {}).high));
    EXPECT_EQ(bootstrap_mean({{}, 12}, {}), (Interval{0.0, 0.0}));
}

TEST(Bootstrap, OfOneImageIsItsValue) {
    const Values values{0.25F};
    EXPECT_EQ(bootstrap_mean({values, 1}, {}), (Interval{0.25, 0.25}));
    EXPECT_EQ(bootstrap_mean({values, 1}, {}, 1), (Interval{0.25, 0.25}));
}

TEST(Bootstrap, OfEqualValuesIsTheBinomialDistribution) {
    // 30 of 100 images have the value 1: the mean of a resample is k/100, k of Binomial(100, 0.3).
    // scipy.stats.binom.ppf([0.025, 0.975], 100, 0.3) = [21, 39], P(k <= 20) = 0.0165, P(k <= 39) = 0.9790
    const Values values(30, 1.0F);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const Interval ci = bootstrap_mean({values, 100}, {.seed = seed}, 20000);
        EXPECT_DOUBLE_EQ(ci.low, 0.21);
        EXPECT_DOUBLE_EQ(ci.high, 0.39);
    }
}

TEST(Bootstrap, OfManyImagesIsTheNormalInterval) {
    // The standard error of the mean is std/sqrt(n), zeros included. With 20,000 resamples the Monte Carlo error of an
    // end is about sqrt(0.025 * 0.975 / 20000) / 0.058 = 0.02 standard errors.
    for (const std::size_t m : {std::size_t{50}, std::size_t{600}, std::size_t{1000}}) {
        const Values values = normal_values(m, 0.05F, 0.1F, 11);
        double sum = 0;
        double squares = 0;
        for (const float value : values) {
            sum += static_cast<double>(value);
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        const double mean = sum / 1000;
        const double error = std::sqrt((squares / 1000 - mean * mean) / 1000);
        const Interval ci = bootstrap_mean({values, 1000}, {.seed = 4}, 20000);
        EXPECT_NEAR(ci.low, mean - 1.96 * error, 0.15 * error) << m;  // skewed for small m
        EXPECT_NEAR(ci.high, mean + 1.96 * error, 0.15 * error) << m;
    }
}

TEST(Bootstrap, SkippingZerosDoesNotChangeTheDistribution) {
    const Values sparse = normal_values(12, 0.05F, 0.1F, 3);
    Values dense = sparse;
    dense.resize(80, 0.0F);
    const Interval a = bootstrap_mean({sparse, 80}, {.seed = 1}, 50000);
    const Interval b = bootstrap_mean({dense, 80}, {.seed = 2}, 50000);
    const double width = b.high - b.low;
    EXPECT_NEAR(a.low, b.low, 0.015 * width);
    EXPECT_NEAR(a.high, b.high, 0.015 * width);
}

TEST(Bootstrap, DependsOnItsKeyAlone) {
    const Values values = normal_values(40, 0.05F, 0.1F, 3);
    const SparseSample sample{values, 90};
    const DrawKey key{.seed = 9, .set = 1, .scene = 5, .semantic = 20};
    const Interval first = bootstrap_mean(sample, key);
    EXPECT_EQ(first, bootstrap_mean(sample, key));
    EXPECT_NE(first, bootstrap_mean(sample, {.seed = 8, .set = 1, .scene = 5, .semantic = 20}));
    EXPECT_NE(first, bootstrap_mean(sample, {.seed = 9, .set = 0, .scene = 5, .semantic = 20}));
    EXPECT_NE(first, bootstrap_mean(sample, {.seed = 9, .set = 1, .scene = 4, .semantic = 20}));
    EXPECT_NE(first, bootstrap_mean(sample, {.seed = 9, .set = 1, .scene = 5, .semantic = 21}));
}

TEST(SignFlip, ByHand) {
    EXPECT_EQ(sign_flip_p_value(Values{0.5F}, {}), 1.0);
    EXPECT_EQ(sign_flip_p_value(Values{0.1F, 0.2F}, {}), 0.5);           // ++ and -- of 4
    EXPECT_EQ(sign_flip_p_value(Values{0.1F, 0.2F, 0.4F}, {}), 0.25);    // +++ and --- of 8
    EXPECT_EQ(sign_flip_p_value(Values{-0.1F, 0.2F, 0.4F}, {}), 0.5);    // 0.5 of 0.7 0.5 0.3 0.1
    EXPECT_EQ(sign_flip_p_value(Values{0.25F, 0.25F, -0.5F}, {}), 1.0);  // the sum is 0
}

TEST(SignFlip, ZerosDoNotMatter) {
    EXPECT_EQ(sign_flip_p_value(Values{0.1F, 0.0F, 0.2F, 0.4F, 0.0F}, {}), 0.25);
    EXPECT_EQ(sign_flip_p_value(Values{0.0F, 0.0F}, {}), 1.0);
    EXPECT_TRUE(std::isnan(sign_flip_p_value(Values{}, {})));
}

TEST(SignFlip, EqualSumsCompareEqualWhateverTheirRounding) {
    // In floating point 0.1 + 0.2 + 0.3 depends on the order; of 2^10 patterns exactly 2 are as extreme.
    Values values{0.1F, 0.2F, 0.3F, 0.7F, 0.6F, 0.5F, 1e-3F, 0.9F, 0.05F, 0.11F};
    EXPECT_EQ(sign_flip_p_value(values, {}), 2.0 / 1024);
    // Of -x and nine times x (|sum| = 8x): all 10 patterns with one minus, both with none, and their opposites.
    values.assign(10, 0.1F);
    values[3] = -0.1F;
    EXPECT_EQ(sign_flip_p_value(values, {}), 22.0 / 1024);
}

TEST(SignFlip, SmallValuesAreNotLost) {
    Values values{3e-30F, 2e-30F, 5e-30F, 1e-30F};
    EXPECT_EQ(sign_flip_p_value(values, {}), 0.125);
}

TEST(SignFlip, RandomPatternsAgreeWithAllOfThem) {
    // 1 is added 14 times, 3 times with a minus: |sum| = 8, of 2^14 patterns those with at most 3 of one sign:
    // 2 (1 + 14 + 91 + 364) / 16384. With enough ones it is no longer counted but drawn.
    Values values(14, 1.0F);
    for (std::size_t i = 0; i < 3; ++i) values[i] = -1.0F;
    EXPECT_EQ(sign_flip_p_value(values, {}), 940.0 / 16384);

    // 20 ones, 5 of them -1: sum of the binomial coefficients of 20 up to 5, twice, by 2^20.
    values.assign(20, 1.0F);
    for (std::size_t i = 0; i < 5; ++i) values[i] = -1.0F;
    const double expected = 2.0 * (1 + 20 + 190 + 1140 + 4845 + 15504) / 1048576;
    constexpr int permutations = 200000;
    const double error = std::sqrt(expected * (1 - expected) / permutations);
    for (std::uint64_t seed = 0; seed < 4; ++seed)
        EXPECT_NEAR(sign_flip_p_value(values, {.seed = seed}, permutations), expected, 4 * error);
}

TEST(SignFlip, OfManyValuesIsTheNormalTest) {
    // More values than one block of random bits; z = sum / sqrt(sum of squares), p = erfc(|z| / sqrt 2).
    const Values values = normal_values(300, 0.008F, 0.1F, 21);
    double sum = 0;
    double squares = 0;
    for (const float value : values) {
        sum += static_cast<double>(value);
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    const double expected = std::erfc(std::abs(sum) / std::sqrt(2 * squares));
    ASSERT_GT(expected, 0.01);
    EXPECT_NEAR(sign_flip_p_value(values, {}, 100000), expected, 0.01);
}

TEST(SignFlip, FlipsEveryValueByItself) {
    // Two large values at the ends of blocks of random bits, and 298 small ones of which half are negative. As extreme
    // are the patterns where the large ones agree and the small ones do not pull back:
    // 1/2 (1/2 + 1/2 P(small ones cancel)), scipy.stats.binom.pmf(149, 298, 0.5) = 0.0462.
    Values values(300);
    for (std::size_t i = 0; i < 300; ++i) values[i] = i % 2 == 0 ? 0x1p-20F : -0x1p-20F;
    values[128] = 1.0F;
    values[257] = 1.0F;
    EXPECT_NEAR(sign_flip_p_value(values, {}, 20000), 0.2615, 0.013);
}

TEST(SignFlip, IsNeverZero) {
    EXPECT_EQ(sign_flip_p_value(Values(100, 0.5F), {}), 1.0 / 2001);
    EXPECT_EQ(sign_flip_p_value(Values(100, -0.5F), {}, 99), 1.0 / 100);
}

TEST(SignFlip, HoldsItsLevel) {
    // Under the hypothesis, p <= 0.05 in about 5 % of the samples: 1000 of them, 4 standard errors.
    int rejected = 0;
    for (unsigned seed = 0; seed < 1000; ++seed)
        if (sign_flip_p_value(normal_values(30, 0.0F, 0.1F, seed), {.seed = seed}, 400) <= 0.05) ++rejected;
    EXPECT_NEAR(rejected, 50, 28);
}

TEST(AdjustPValues, MatchesAPublishedExample) {
    // Benjamini and Hochberg 1995, section 3.2: 15 p-values, of which the method rejects four at 0.05.
    const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
    const auto q = adjust_p_values(p);
    for (std::size_t i = 0; i < q.size(); ++i) EXPECT_EQ(q[i] <= 0.05, i < 4) << i;
    EXPECT_DOUBLE_EQ(q[0], 0.0015);
    EXPECT_DOUBLE_EQ(q[1], 0.0030);
    EXPECT_DOUBLE_EQ(q[3], 0.0095 * 15 / 4);
    EXPECT_DOUBLE_EQ(q[5], 0.0298 * 15 / 7);  // monotone: the next larger one decides
    EXPECT_DOUBLE_EQ(q[14], 1.0);
}

TEST(AdjustPValues, TestsThatWereNotMadeDoNotCount) {
    const double none = std::nan("");
    EXPECT_THAT(adjust_p_values(std::vector<double>{0.04, none, 0.01, none}),
                ElementsAre(DoubleEq(0.04), NanSensitiveDoubleEq(none), DoubleEq(0.02), NanSensitiveDoubleEq(none)));
    EXPECT_THAT(adjust_p_values(std::vector<double>{none}), ElementsAre(NanSensitiveDoubleEq(none)));
    EXPECT_TRUE(adjust_p_values({}).empty());
}

TEST(AdjustPValues, NeverExceedOne) {
    EXPECT_THAT(adjust_p_values(std::vector<double>{1.0, 0.9}), ElementsAre(1.0, DoubleNear(1.0, 1e-15)));
}

}  // namespace
}  // namespace semscope::statistics
