#include "hypothesis_tests.hpp"

#include "semscope/statistics/resampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace semscope::statistics {
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
