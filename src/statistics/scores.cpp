#include "semscope/statistics/scores.hpp"

#include <algorithm>

namespace semscope::statistics {

std::uint32_t argmax(std::span<const float> row) {
    return static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

std::uint32_t position_of(std::span<const float> row, std::uint32_t scene) {
    const float own = row[scene];
    const auto not_after = std::count_if(row.begin(), row.begin() + scene, [own](float p) { return p >= own; });
    const auto before = std::count_if(row.begin() + scene, row.end(), [own](float p) { return p > own; });
    return static_cast<std::uint32_t>(not_after + before);
}

bool is_probability_row(std::span<const float> row) {
    return std::all_of(row.begin(), row.end(), [](float p) { return p >= 0.0F && p <= 1.0F; });
}

}  // namespace semscope::statistics
