#include "semscope/statistics/inference.hpp"

#include "semscope/statistics/sample.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <optional>
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

/// The means of a sample's resamples. Precondition: a value is present.
class ResampledMean {
  public:
    ResampledMean(const SparseSample& sample, const DrawKey& key)
        : sample_(sample), draws_(key, Purpose::bootstrap), hits_(sample.images, sample.present()) {}

    double at(std::uint32_t resample) const {
        const auto bits = draws_.block(resample, 0);
        const std::uint64_t k = hits_.at(unit_double(bits[0], bits[1]));
        return draw_sum(sample_.values, draws_, resample, k) / static_cast<double>(sample_.images);
    }

  private:
    const SparseSample& sample_;
    Draws draws_;
    BinomialTable hits_;
};

/// The interval of a mean that needs no resamples.
std::optional<Interval> trivial_interval(const SparseSample& sample) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    if (sample.images == 0) return Interval{unknown, unknown};
    if (sample.present() == 0) return Interval{0.0, 0.0};
    return std::nullopt;
}

}  // namespace

Interval bootstrap_mean(const SparseSample& sample, const DrawKey& key, std::uint32_t resamples) {
    if (const auto known = trivial_interval(sample)) return *known;
    const ResampledMean mean(sample, key);
    std::vector<double> means(resamples);
    for (std::uint32_t resample = 0; resample < resamples; ++resample) means[resample] = mean.at(resample);
    return percentile_interval(means);
}

Interval bootstrap_mean(const SparseSample& sample, const DrawKey& key, Intervals& intervals) {
    if (const auto known = trivial_interval(sample)) return *known;
    const ResampledMean mean(sample, key);
    return intervals.of(1, [&](std::uint32_t resample, std::span<double> means) { means[0] = mean.at(resample); })[0];
}

namespace {

/// The non-zero values as multiples of a common step, as fine as lets every sum of them stay below 2^61.
std::vector<std::int64_t> fixed_point(std::span<const float> values) {
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::abs(value));
    int exponent = 0;
    std::frexp(largest, &exponent);
    const int bits = 61 - static_cast<int>(std::bit_width(values.size()));
    std::vector<std::int64_t> result;
    for (const float value : values) {
        const std::int64_t steps = std::llround(std::ldexp(static_cast<double>(value), bits - exponent));
        if (steps != 0) result.push_back(steps);
    }
    return result;
}

/// All sign patterns, one sign changed at a time in the order of a Gray code. The last sign stays +, since a pattern
/// and its opposite are equally extreme.
double exact_p_value(std::span<const std::int64_t> values, std::int64_t observed) {
    const std::uint64_t patterns = std::uint64_t{1} << (values.size() - 1);
    std::uint64_t extreme = 1;  // the observed pattern
    std::uint64_t minus = 0;    // bit i: value i has its sign flipped
    std::int64_t sum = observed;
    for (std::uint64_t step = 1; step < patterns; ++step) {
        const int i = std::countr_zero(step);
        minus ^= std::uint64_t{1} << i;
        const std::int64_t change = 2 * values[static_cast<std::size_t>(i)];
        sum += (minus >> i & 1) != 0 ? -change : change;
        if (std::abs(sum) >= std::abs(observed)) ++extreme;
    }
    return static_cast<double>(extreme) / static_cast<double>(patterns);
}

using ByteSums = std::array<std::int64_t, 256>;

/// The sums of all subsets of up to eight values: entry b adds value i where bit i of b is set.
void tabulate(std::span<const std::int64_t> values, ByteSums& sums) {
    sums[0] = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        const std::size_t bit = std::size_t{1} << i;
        const std::int64_t value = i < values.size() ? values[i] : 0;
        for (std::size_t b = 0; b < bit; ++b) sums[bit + b] = sums[b] + value;
    }
}

/// Adds to plus[permutation] the values whose random bit is set. At most 128 values: one block of bits.
void add_chosen(std::span<const std::int64_t> values, const Draws& draws, std::uint32_t index,
                std::span<std::int64_t> plus) {
    std::array<ByteSums, 16> tables;
    const std::size_t bytes = (values.size() + 7) / 8;
    for (std::size_t i = 0; i < bytes; ++i)
        tabulate(values.subspan(8 * i, std::min<std::size_t>(8, values.size() - 8 * i)), tables[i]);
    for (std::uint32_t permutation = 0; permutation < plus.size(); ++permutation) {
        const auto bits = draws.block(permutation, index);
        for (std::size_t i = 0; i < bytes; ++i) plus[permutation] += tables[i][bits[i / 4] >> (8 * (i % 4)) & 255];
    }
}

double random_p_value(std::span<const std::int64_t> values, std::int64_t observed, const Draws& draws,
                      std::uint32_t permutations) {
    std::vector<std::int64_t> plus(permutations);  // the sum of the values with sign +
    for (std::size_t begin = 0; begin < values.size(); begin += 128) {
        const std::size_t count = std::min<std::size_t>(128, values.size() - begin);
        add_chosen(values.subspan(begin, count), draws, static_cast<std::uint32_t>(begin / 128), plus);
    }
    const auto extreme = std::count_if(plus.begin(), plus.end(), [observed](std::int64_t sum) {
        return std::abs(2 * sum - observed) >= std::abs(observed);
    });
    return static_cast<double>(extreme + 1) / (static_cast<double>(permutations) + 1.0);
}

}  // namespace

double sign_flip_p_value(std::span<const float> values, const DrawKey& key, std::uint32_t permutations) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    const std::vector<std::int64_t> steps = fixed_point(values);
    if (steps.empty()) return 1.0;
    const std::int64_t observed = std::accumulate(steps.begin(), steps.end(), std::int64_t{0});
    if (steps.size() <= exact_limit) return exact_p_value(steps, observed);
    return random_p_value(steps, observed, Draws(key, Purpose::permutation), permutations);
}

namespace {

/// Probabilities relative to that of the mode are followed down to this.
constexpr double negligible = 1e-20;

}  // namespace

BinomialTable::BinomialTable(std::uint64_t n, std::uint64_t m) {
    const auto hits = static_cast<double>(m);
    const auto misses = static_cast<double>(n - m);
    const auto mode = static_cast<std::uint64_t>((static_cast<double>(n) + 1.0) * (hits / static_cast<double>(n)));
    const std::uint64_t start = std::min(mode, n);

    // P(k+1) / P(k) = (n-k) m / ((k+1) (n-m))
    const auto rise = [&](std::uint64_t k) {
        return static_cast<double>(n - k) * hits / (static_cast<double>(k + 1) * misses);
    };
    std::vector<double> below;
    double weight = 1.0;
    for (std::uint64_t k = start; k > 0 && weight > negligible; --k) below.push_back(weight /= rise(k - 1));
    std::vector<double> weights(below.rbegin(), below.rend());
    weights.push_back(1.0);
    weight = 1.0;
    for (std::uint64_t k = start; k < n && weight > negligible; ++k) weights.push_back(weight *= rise(k));

    first_ = start - below.size();
    cumulative_.resize(weights.size());
    std::partial_sum(weights.begin(), weights.end(), cumulative_.begin());
    const double total = cumulative_.back();
    for (double& value : cumulative_) value /= total;

    std::uint32_t i = 0;
    for (std::size_t slot = 0; slot < guide_size; ++slot) {
        while (cumulative_[i] <= static_cast<double>(slot) / guide_size) ++i;
        guide_[slot] = i;
    }
}

std::vector<double> adjust_p_values(std::span<const double> p_values) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p_values.size(); ++i)
        if (!std::isnan(p_values[i])) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });

    std::vector<double> q_values(p_values.size(), std::numeric_limits<double>::quiet_NaN());
    const auto tests = static_cast<double>(order.size());
    double smallest = 1.0;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        const std::size_t i = order[rank - 1];
        smallest = std::min(smallest, p_values[i] * tests / static_cast<double>(rank));
        q_values[i] = smallest;
    }
    return q_values;
}

}  // namespace semscope::statistics
