#pragma once

#include "semscope/statistics/draw_key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

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
