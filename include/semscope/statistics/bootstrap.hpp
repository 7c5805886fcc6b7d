#pragma once

#include "semscope/statistics/draw_key.hpp"
#include "semscope/statistics/sample.hpp"

#include <cstdint>

namespace semscope::statistics {

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

}  // namespace semscope::statistics
