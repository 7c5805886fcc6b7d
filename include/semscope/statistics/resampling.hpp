#pragma once

#include "semscope/statistics/sample.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// What random numbers are drawn for. Together with the number of the resample it is all that they depend on: never
/// the rank, the thread, or what was drawn before.
struct DrawKey {
    std::uint64_t seed = 0;  ///< statistics.seed
    std::uint8_t set = 0;    ///< results::DeviationSet
    std::uint32_t scene = 0;
    std::uint16_t semantic = 0;
};

/// An interval of real numbers.
struct Interval {
    double low = 0;
    double high = 0;

    bool operator==(const Interval&) const = default;
};

/// The 95 % percentile bootstrap interval of the mean of a sample (Efron and Tibshirani, "An Introduction to the
/// Bootstrap", 1993, chapter 13): the 2.5 % and 97.5 % quantiles of the means of `resamples` samples of n images,
/// each drawn with replacement from the n images. NaN for a sample without images; [0, 0] for a class never present.
///
/// Zeros are never drawn. Each of a resample's n draws hits one of the m present values with probability m/n, so the
/// number k of hits is Binomial(n, m/n), and given k the hits are independent and uniform over the m values. Drawing
/// k and then k of the m values therefore gives the resample's sum exactly the distribution that n draws give it.
/// k comes from its distribution function, tabulated once a sample, at a uniform number of 53 bits; an index from 32
/// random bits, so that its probability is off 1/m by less than 2^-32. Both are far below the Monte Carlo error.
/// Costs O(resamples * m), with memory O(resamples + m).
Interval bootstrap_mean(const SparseSample& sample, const DrawKey& key, std::uint32_t resamples = 2000);

/// The two-sided p-value of a mean deviation under the hypothesis that each deviation is as likely to be d as -d
/// (sign-flip permutation test): the share of the sign patterns whose sum is at least as far from 0 as the observed
/// one. Zeros are not changed by a flip, so that `values`, those of the images where the class is present, are enough
/// for a test over all images. 1 when all are 0; NaN when there are none (a class never present is not tested).
///
/// Up to `exact_limit` non-zero values all patterns are counted. Beyond, `permutations` random ones are, and
/// p = (b+1)/(B+1) for b of B as extreme (Phipson and Smyth, "Permutation p-values should never be zero", 2010), so
/// that p is at least 1/(B+1).
/// Sums are taken in fixed point, scaled to the largest value (relative step 2^-43 or finer for up to 10^5 values), so
/// that equal sums compare equal whatever the order.
double sign_flip_p_value(std::span<const float> values, const DrawKey& key, std::uint32_t permutations = 2000);

/// The largest number of non-zero values for which sign_flip_p_value counts all patterns.
inline constexpr std::size_t exact_limit = 16;

/// Adjusts p-values of a family of tests to q-values, which bound the false discovery rate: the smallest level at which
/// the procedure of Benjamini and Hochberg, "Controlling the false discovery rate", 1995, rejects each hypothesis.
/// NaN marks a test that was not made: it stays NaN and does not count. Keeps the order of `p_values`.
std::vector<double> adjust_p_values(std::span<const double> p_values);

}  // namespace semscope::statistics
