#pragma once

#include "semscope/core/random.hpp"

#include <vector>

namespace semscope::incremental {

/// Random numbers in -1..1, the same ones each time.
inline std::vector<float> numbers(std::size_t count, std::uint32_t seed) {
    std::vector<float> made(count);
    for (std::size_t i = 0; i < count; ++i)
        made[i] = 2 * unit_float(philox4x32({static_cast<std::uint32_t>(i), seed, 0, 0}, {0, 0})[0]) - 1;
    return made;
}

}  // namespace semscope::incremental
