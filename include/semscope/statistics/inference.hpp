#pragma once

#include "semscope/cli/settings.hpp"
#include "semscope/core/random.hpp"
#include "semscope/statistics/intervals.hpp"
#include "semscope/statistics/sample.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// How the random parts of the statistics are made.
struct ResamplingOptions {
    std::uint64_t seed = cli::StatisticsSettings{}.seed;            ///< statistics.seed
    std::uint32_t resamples = cli::StatisticsSettings{}.resamples;  ///< of the bootstrap
    std::uint32_t permutations =
        cli::StatisticsSettings{}.permutations;  ///< of the sign-flip test, where it is not exact
};

/// What random numbers are drawn for. Together with the number of the resample it is all that they depend on: never
/// the rank, the thread, or what was drawn before.
struct DrawKey {
    std::uint64_t seed = 0;  ///< statistics.seed
    std::uint8_t set = 0;    ///< what the sample is of: results::DeviationSet, or another number of its own
    std::uint32_t scene = 0;
    std::uint16_t semantic = 0;
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

/// The same, of resamples that `intervals` has drawn. It is not asked for a sample without images or present values.
Interval bootstrap_mean(const SparseSample& sample, const DrawKey& key, Intervals& intervals);

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

/// Keeps the random numbers of one use apart from those of another with the same key.
enum class Purpose : std::uint8_t { bootstrap = 1, permutation = 2 };

/// The random numbers for one (seed, set, scene, class, purpose).
class Draws {
  public:
    Draws(const DrawKey& key, Purpose purpose)
        : seed_(philox_key(key.seed)),
          scene_(key.scene),
          use_(static_cast<std::uint32_t>(purpose) << 24 | static_cast<std::uint32_t>(key.set) << 16 | key.semantic) {}

    /// 128 random bits: block `index` of resample (or permutation) `resample`.
    std::array<std::uint32_t, 4> block(std::uint32_t resample, std::uint32_t index) const {
        return philox4x32({index, resample, scene_, use_}, seed_);
    }

  private:
    std::array<std::uint32_t, 2> seed_;
    std::uint32_t scene_;
    std::uint32_t use_;
};

/// A uniform number of 53 bits in [0, 1).
constexpr double unit_double(std::uint32_t high, std::uint32_t low) {
    return static_cast<double>((static_cast<std::uint64_t>(high) << 32 | low) >> 11) * 0x1.0p-53;
}

/// An index in [0, count), by the upper half of a product: its probability is off 1/count by less than 2^-32.
constexpr std::uint32_t index_below(std::uint32_t count, std::uint32_t bits) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(bits) * count >> 32);
}

/// The binomial distribution of the number of hits in n draws when m of n items count as a hit, for many draws from it.
class BinomialTable {
  public:
    /// Tabulates the distribution function around its mode, as far as single probabilities are above 10^-20 of the
    /// largest: O(sqrt n) entries. Made of products and quotients alone, so the same on every machine with IEEE
    /// arithmetic. m = 0 and m = n are fine: 0 and n hits. Precondition: m <= n, n > 0.
    BinomialTable(std::uint64_t n, std::uint64_t m);

    /// The number of hits k with P(<k) <= u < P(<=k), for u in [0, 1).
    std::uint64_t at(double u) const {
        std::size_t i = guide_[static_cast<std::size_t>(u * guide_size)];
        while (cumulative_[i] <= u) ++i;
        return first_ + i;
    }

  private:
    static constexpr std::size_t guide_size = 256;

    std::uint64_t first_ = 0;                        // number of hits of entry 0
    std::vector<double> cumulative_;                 // P(<= first_ + i); the last is 1
    std::array<std::uint32_t, guide_size> guide_{};  // where the search for u starts, by the leading 8 bits of u
};

}  // namespace semscope::statistics
