#pragma once

#include <array>
#include <cstdint>

namespace semscope::inference {

/// Colour of the noise fill, R, G, B uniform in [0, 1), as a pure function of what it is for: Philox4x32-10 with the
/// seed as key and (pixel, image low, image high, semantic) as counter; the first three words, 24 bits each.
/// `pixel` is row * crop + column.
std::array<float, 3> noise_colour(std::uint64_t seed, std::uint64_t image, std::uint16_t semantic, std::uint32_t pixel);

}  // namespace semscope::inference
