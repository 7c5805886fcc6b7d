#pragma once

#include <array>
#include <cstdint>

namespace semscope {

/// Philox4x32-10, a counter-based generator: 128 random bits as a pure function of a 128-bit counter and a 64-bit key.
///
/// Counter-based, so that a value depends on what it is for (image, class, pixel, resample) and never on the rank,
/// the thread or the order in which values are drawn.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The key that stands for a 64-bit seed.
constexpr std::array<std::uint32_t, 2> philox_key(std::uint64_t seed) {
    return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
}

/// 24 of 32 random bits as a float in [0, 1), exactly representable and the same on every machine.
constexpr float unit_float(std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1.0p-24F; }

}  // namespace semscope
