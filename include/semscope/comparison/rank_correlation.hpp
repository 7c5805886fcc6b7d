#pragma once

#include <span>

namespace semscope::comparison {

/// Spearman's rank correlation of two lists of equal length: Pearson's correlation of their ranks, equal values sharing
/// the mean of their ranks (Spearman, "The proof and measurement of association between two things", 1904; the same as
/// scipy.stats.spearmanr). From -1 to 1. NaN for fewer than two pairs, or when all values of a list are equal.
/// The ranks are whole numbers until the last division, so that the result has the same bits on every machine. Pure.
/// Precondition: no NaN, at most 2^16 pairs.
double rank_correlation(std::span<const float> first, std::span<const float> second);

}  // namespace semscope::comparison
