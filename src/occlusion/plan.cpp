#include "semscope/occlusion/plan.hpp"

#include <algorithm>

namespace semscope::occlusion {

Range Plan::images_of(int rank) const {
    const auto r = static_cast<std::size_t>(rank);
    return {boundaries.at(r), boundaries.at(r + 1)};
}

double Plan::imbalance() const {
    if (total == 0) return 1;
    const auto most = *std::max_element(forwards.begin(), forwards.end());
    return static_cast<double>(most) * static_cast<double>(forwards.size()) / static_cast<double>(total);
}

Plan make_plan(std::span<const std::uint64_t> variant_offsets, int ranks) {
    std::vector<std::uint64_t> cost(variant_offsets.size());
    for (std::size_t i = 0; i < cost.size(); ++i) cost[i] = variant_offsets[i] + i;
    Plan plan;
    plan.boundaries = mpi::balanced_boundaries(cost, ranks);
    for (std::size_t r = 0; r + 1 < plan.boundaries.size(); ++r)
        plan.forwards.push_back(cost[plan.boundaries[r + 1]] - cost[plan.boundaries[r]]);
    plan.total = cost.back();
    return plan;
}

}  // namespace semscope::occlusion
