#include "semscope/inference/noise.hpp"

#include "semscope/base/random.hpp"

namespace semscope::inference {

std::array<float, 3> noise_colour(std::uint64_t seed, std::uint64_t image, std::uint16_t semantic,
                                  std::uint32_t pixel) {
    const auto bits =
        philox4x32({pixel, static_cast<std::uint32_t>(image), static_cast<std::uint32_t>(image >> 32), semantic},
                   philox_key(seed));
    return {unit_float(bits[0]), unit_float(bits[1]), unit_float(bits[2])};
}

}  // namespace semscope::inference
