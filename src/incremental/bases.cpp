#include "bases.hpp"

#include <limits>

namespace semscope::incremental {

std::vector<int> find_bases(std::span<const std::size_t> pixels, std::span<const std::vector<std::uint32_t>> shown) {
    const std::size_t forwards = shown.size();
    const auto changed = [&](std::size_t a, std::size_t b) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i) sum += shown[a][i] == shown[b][i] ? 0 : pixels[i];
        return sum;
    };
    constexpr std::size_t reached = std::numeric_limits<std::size_t>::max();
    std::vector<int> base(forwards, 0);
    std::vector<std::size_t> distance(forwards, reached);  // from the nearest forward that was reached
    for (std::size_t f = 1; f < forwards; ++f) distance[f] = changed(f, 0);
    for (std::size_t count = 1; count < forwards; ++count) {
        std::size_t nearest = 0;
        for (std::size_t f = 1; f < forwards; ++f)
            if (distance[f] < distance[nearest]) nearest = f;
        distance[nearest] = reached;
        for (std::size_t f = 1; f < forwards; ++f) {
            if (distance[f] == reached) continue;
            const std::size_t from_nearest = changed(f, nearest);
            if (from_nearest >= distance[f]) continue;
            distance[f] = from_nearest;
            base[f] = static_cast<int>(nearest);
        }
    }
    return base;
}

}  // namespace semscope::incremental
