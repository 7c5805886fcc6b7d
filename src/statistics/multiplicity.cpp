#include "semscope/statistics/permutation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::statistics {

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
