#pragma once

#include <cstdint>

namespace semscope::statistics {

/// What random numbers are drawn for. Together with the number of the resample it is all that they depend on: never
/// the rank, the thread, or what was drawn before.
struct DrawKey {
    std::uint64_t seed = 0;  ///< statistics.seed
    std::uint8_t set = 0;    ///< ImageSet
    std::uint32_t scene = 0;
    std::uint16_t semantic = 0;
};

}  // namespace semscope::statistics
