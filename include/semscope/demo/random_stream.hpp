#pragma once

#include "semscope/core/random.hpp"

#include <cstdint>

namespace semscope::demo {

/// What the random numbers of a stream are for. Different uses of the same seed never share a number.
enum class Purpose : std::uint32_t { validation = 1, training = 2, held_out = 3, weights = 4, batches = 5, noise = 6 };

/// A sequence of random numbers that is a pure function of (seed, purpose, major, minor), by counting through philox.
/// Up to 2^34 numbers a stream.
class RandomStream {
  public:
    RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t major = 0, std::uint32_t minor = 0)
        : key_(philox_key(seed)), counter_{0, static_cast<std::uint32_t>(purpose), major, minor} {}

    /// The next 32 random bits.
    std::uint32_t bits() {
        if (used_ == block_.size()) {
            block_ = philox4x32(counter_, key_);
            ++counter_[0];
            used_ = 0;
        }
        return block_[used_++];
    }

    /// Uniform in [0, 1).
    float unit() { return unit_float(bits()); }

    /// Uniform in [low, high).
    float uniform(float low, float high) { return low + (high - low) * unit(); }

    /// Uniform among the integers low..high, both included.
    int integer(int low, int high) {
        const auto span = static_cast<std::uint64_t>(high - low) + 1;
        return low + static_cast<int>((span * bits()) >> 32);
    }

    /// True with the given probability.
    bool chance(float probability) { return unit() < probability; }

    /// -1 or 1.
    float sign() { return chance(0.5F) ? 1.0F : -1.0F; }

  private:
    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 4> block_{};
    std::size_t used_ = 4;
};

}  // namespace semscope::demo
