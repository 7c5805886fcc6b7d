#include "semscope/attribution/scores.hpp"

#include <algorithm>
#include <limits>

namespace semscope::attribution {

std::uint32_t predicted_scene(std::span<const float> row) {
    return static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

void Scores::set(const Coalition& coalition, std::span<const float> row) {
    const std::uint32_t scene = predicted_scene(row);
    if (!has_first_) predicted_ = scene;
    has_first_ = true;
    const float truth = truth_ < 0 ? std::numeric_limits<float>::quiet_NaN() : row[static_cast<std::size_t>(truth_)];
    scores_[coalition] = {row[predicted_], truth, scene};
}

}  // namespace semscope::attribution
