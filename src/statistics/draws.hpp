#pragma once

#include "semscope/core/random.hpp"
#include "semscope/statistics/resampling.hpp"

#include <array>
#include <cstdint>

namespace semscope::statistics {

/// Keeps the random numbers of one use apart from those of another with the same key.
enum class Purpose : std::uint8_t { bootstrap = 1, permutation = 2 };

/// The random numbers for one (seed, set, scene, class, purpose).
class Draws {
  public:
    Draws(const DrawKey& key, Purpose purpose)
        : seed_(philox_key(key.seed)),
          scene_(key.scene),
          use_(static_cast<std::uint32_t>(purpose) << 24 | static_cast<std::uint32_t>(key.set) << 16 | key.semantic) {}

    /// 128 random bits: block `index` of resample (or permutation) `resample`.
    std::array<std::uint32_t, 4> block(std::uint32_t resample, std::uint32_t index) const {
        return philox4x32({index, resample, scene_, use_}, seed_);
    }

  private:
    std::array<std::uint32_t, 2> seed_;
    std::uint32_t scene_;
    std::uint32_t use_;
};

/// A uniform number of 53 bits in [0, 1).
constexpr double unit_double(std::uint32_t high, std::uint32_t low) {
    return static_cast<double>((static_cast<std::uint64_t>(high) << 32 | low) >> 11) * 0x1.0p-53;
}

/// An index in [0, count), by the upper half of a product: its probability is off 1/count by less than 2^-32.
constexpr std::uint32_t index_below(std::uint32_t count, std::uint32_t bits) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(bits) * count >> 32);
}

}  // namespace semscope::statistics
