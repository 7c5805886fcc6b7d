#include "binomial.hpp"

#include <algorithm>
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

}  // namespace semscope::statistics
