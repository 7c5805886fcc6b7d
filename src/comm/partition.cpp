#include "semscope/comm/partition.hpp"

#include <algorithm>

namespace semscope::comm {

Range even_share(std::uint64_t count, int part, int parts) {
    const auto p = static_cast<std::uint64_t>(part);
    const auto n = static_cast<std::uint64_t>(parts);
    const std::uint64_t base = count / n;
    const std::uint64_t larger = count % n;  // the first `larger` parts hold one more
    const auto begin_of = [&](std::uint64_t i) { return i * base + std::min(i, larger); };
    return {begin_of(p), begin_of(p + 1)};
}

std::vector<std::uint64_t> balanced_boundaries(std::span<const std::uint64_t> offsets, int parts) {
    const std::uint64_t total = offsets.back();
    std::vector<std::uint64_t> boundaries{0};
    for (int part = 1; part < parts; ++part) {
        const std::uint64_t ideal = even_share(total, part, parts).begin;
        auto above = std::lower_bound(offsets.begin(), offsets.end(), ideal);
        if (above != offsets.begin() && ideal - *(above - 1) < *above - ideal) --above;
        boundaries.push_back(std::max(boundaries.back(), static_cast<std::uint64_t>(above - offsets.begin())));
    }
    boundaries.push_back(offsets.size() - 1);
    return boundaries;
}

}  // namespace semscope::comm
