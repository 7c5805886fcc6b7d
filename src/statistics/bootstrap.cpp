#include "semscope/statistics/bootstrap.hpp"

#include "binomial.hpp"
#include "draws.hpp"
#include "semscope/statistics/quantile.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace semscope::statistics {
namespace {

/// The sum of `hits` values drawn with replacement, from the blocks 1, 2, ... of the resample. Four partial sums, so
/// that the additions do not wait for each other.
double draw_sum(std::span<const float> values, const Draws& draws, std::uint32_t resample, std::uint64_t hits) {
    const auto count = static_cast<std::uint32_t>(values.size());
    std::array<double, 4> sums{};
    std::uint32_t index = 1;
    for (; hits >= 4; hits -= 4) {
        const auto bits = draws.block(resample, index++);
        for (std::size_t i = 0; i < 4; ++i) sums[i] += static_cast<double>(values[index_below(count, bits[i])]);
    }
    if (hits > 0) {
        const auto bits = draws.block(resample, index);
        for (std::size_t i = 0; i < hits; ++i) sums[i] += static_cast<double>(values[index_below(count, bits[i])]);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

Interval bootstrap_mean(const SparseSample& sample, const DrawKey& key, std::uint32_t resamples) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (sample.images == 0) return {none, none};
    if (sample.present() == 0) return {0.0, 0.0};

    const Draws draws(key, Purpose::bootstrap);
    const BinomialTable hits(sample.images, sample.present());
    const auto n = static_cast<double>(sample.images);
    std::vector<double> means(resamples);
    for (std::uint32_t resample = 0; resample < resamples; ++resample) {
        const auto bits = draws.block(resample, 0);
        const std::uint64_t k = hits.at(unit_double(bits[0], bits[1]));
        means[resample] = draw_sum(sample.values, draws, resample, k) / n;
    }
    const double low = quantile(means, 0.025);
    return {low, quantile(means, 0.975)};
}

}  // namespace semscope::statistics
