#pragma once

#include "semscope/figures/colour_map.hpp"

#include <string>
#include <vector>

namespace semscope::figures {

/// Round numbers for an axis: multiples of 1, 2 or 5 times a power of ten.
struct Ticks {
    std::vector<double> values;       ///< ascending, all inside the range
    std::vector<std::string> labels;  ///< the same number of decimals for all; a true minus sign
    double step = 0;                  ///< distance of two ticks
};

/// About `target` ticks inside `range`, between target / 2 and 2 * target when the range has a width. A range without
/// width gets one tick, its value. Throws InputError for a range that is not finite or upside down.
Ticks nice_ticks(ValueRange range, int target = 6);

/// The range widened to the next ticks outside it, so that an axis begins and ends with a number.
ValueRange to_ticks(ValueRange range, int target = 6);

/// A number with a fixed number of decimals and a true minus sign.
std::string decimal(double value, int decimals);

/// A number with about `digits` significant digits, without exponent where that is readable.
std::string significant(double value, int digits = 3);

}  // namespace semscope::figures
