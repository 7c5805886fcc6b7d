#include "semscope/occlusion/plan.hpp"

#include "semscope/results/occlusion_layout.hpp"

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
    const std::vector<std::uint8_t> pending(variant_offsets.size() - 1,
                                            static_cast<std::uint8_t>(results::ImageStatus::pending));
    return make_plan(variant_offsets, pending, ranks);
}

Plan make_plan(std::span<const std::uint64_t> variant_offsets, std::span<const std::uint8_t> status, int ranks) {
    const auto is_pending = [&](std::size_t image) {
        return status[image] == static_cast<std::uint8_t>(results::ImageStatus::pending);
    };
    std::vector<std::uint64_t> cost(variant_offsets.size());
    for (std::size_t i = 0; i + 1 < cost.size(); ++i)
        cost[i + 1] = cost[i] + (is_pending(i) ? 1 + variant_offsets[i + 1] - variant_offsets[i] : 0);
    Plan plan;
    plan.boundaries = comm::balanced_boundaries(cost, ranks);
    for (std::size_t r = 0; r + 1 < plan.boundaries.size(); ++r) {
        plan.forwards.push_back(cost[plan.boundaries[r + 1]] - cost[plan.boundaries[r]]);
        std::uint64_t images = 0;
        for (std::uint64_t i = plan.boundaries[r]; i < plan.boundaries[r + 1]; ++i) images += is_pending(i) ? 1 : 0;
        plan.images.push_back(images);
    }
    plan.total = cost.back();
    return plan;
}

}  // namespace semscope::occlusion
