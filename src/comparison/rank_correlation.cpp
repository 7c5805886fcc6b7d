#include "semscope/comparison/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace semscope::comparison {
namespace {

/// For each value twice its rank, counted from 1, less twice the mean rank: a whole number, also where ranks are
/// shared.
std::vector<std::int64_t> centred_ranks(std::span<const float> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<std::int64_t> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
        // The ranks begin + 1 .. end have the mean (begin + 1 + end) / 2.
        for (std::size_t i = begin; i < end; ++i)
            ranks[order[i]] = static_cast<std::int64_t>(begin + 1 + end) - static_cast<std::int64_t>(values.size() + 1);
        begin = end;
    }
    return ranks;
}

double product(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
    return static_cast<double>(std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t{0}));
}

}  // namespace

double rank_correlation(std::span<const float> first, std::span<const float> second) {
    const auto a = centred_ranks(first), b = centred_ranks(second);
    const double spread = product(a, a) * product(b, b);
    if (!(spread > 0)) return std::numeric_limits<double>::quiet_NaN();
    return std::clamp(product(a, b) / std::sqrt(spread), -1.0, 1.0);
}

}  // namespace semscope::comparison
