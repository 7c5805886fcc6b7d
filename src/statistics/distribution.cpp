#include "semscope/statistics/distribution.hpp"

#include <limits>
#include <numeric>

namespace semscope::statistics {

void add_pixels(std::span<std::uint64_t> counts, std::span<const std::uint16_t> semantic,
                std::span<const std::uint32_t> pixels) {
    for (std::size_t i = 0; i < semantic.size(); ++i) counts[semantic[i]] += pixels[i];
}

std::vector<double> pixel_shares(std::span<const std::uint64_t> counts) {
    std::vector<double> shares(counts.size(), 0.0);
    if (counts.empty()) return shares;
    const std::uint64_t labelled = std::accumulate(counts.begin() + 1, counts.end(), std::uint64_t{0});
    for (std::size_t s = 1; s < counts.size(); ++s)
        shares[s] = labelled == 0 ? std::numeric_limits<double>::quiet_NaN()
                                  : static_cast<double>(counts[s]) / static_cast<double>(labelled);
    return shares;
}

}  // namespace semscope::statistics
