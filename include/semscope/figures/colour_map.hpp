#pragma once

#include "semscope/figures/colour.hpp"

#include <array>
#include <cstddef>

namespace semscope::figures {

/// A closed range of values, low <= high.
struct ValueRange {
    double low = 0;
    double high = 0;
    friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

/// The smallest range that holds both.
ValueRange join(ValueRange one, ValueRange other);

/// The range [-m, m] where m is the largest magnitude in `range`: 0 is in the middle.
ValueRange symmetric(ValueRange range);

/// A colour map of 255 levels.
///
/// 255 is odd, so that level 127 is the exact middle: on a symmetric range it stands for 0 and nothing else.
class ColourMap {
  public:
    static constexpr std::size_t levels = 255;
    explicit ColourMap(const std::array<Rgb, levels>& colours) : colours_(colours) {}

    /// The colour of a level, 0 to 254.
    Rgb operator[](std::size_t level) const { return colours_[level]; }

    /// The level of a value: floor(255 (value - low) / (high - low)), and 254 for `high` itself, as matplotlib counts.
    /// Values outside the range get the nearest end. In a range without width everything gets the middle level, 127.
    static std::size_t level_of(double value, ValueRange range);

    /// The colour of a value.
    Rgb colour_of(double value, ValueRange range) const { return colours_[level_of(value, range)]; }

  private:
    std::array<Rgb, levels> colours_;
};

/// "plasma" with 255 levels, as matplotlib resamples its table of 256: level k is entry min(255, floor(256 k / 254)).
const ColourMap& plasma();

/// Blue (negative) over near-white (middle) to red (positive), linear between the eleven colours of ColorBrewer's
/// RdBu, reversed. Told apart with the common kinds of colour blindness.
const ColourMap& diverging();

}  // namespace semscope::figures
