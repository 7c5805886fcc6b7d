#include "ticks.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::figures {
namespace {

// Rounding may put a multiple of the step just outside a range that ends on it.
constexpr double slack = 1e-9;

/// mantissa * 10^exponent. Kept apart, because 0.1 * 3 is not 0.3: ticks are computed from whole numbers.
struct Step {
    int mantissa = 1;
    int exponent = 0;

    double times(double count) const {
        const double whole = count * mantissa;
        return exponent < 0 ? whole / std::pow(10.0, -exponent) : whole * std::pow(10.0, exponent);
    }
    int decimals() const { return std::max(0, -exponent); }
};

Step step_for(double width, int target) {
    const double ideal = width / std::max(1, target);
    Step step;
    step.exponent = static_cast<int>(std::floor(std::log10(ideal)));
    const double share = ideal / std::pow(10.0, step.exponent);  // 1 to 10
    step.mantissa = share < std::sqrt(2.0) ? 1 : share < std::sqrt(10.0) ? 2 : share < std::sqrt(50.0) ? 5 : 10;
    if (step.mantissa == 10) step = {1, step.exponent + 1};
    return step;
}

std::string with_minus(std::string text) {
    if (text.empty() || text.front() != '-') return text;
    const bool zero = text.find_first_not_of("-0.") == std::string::npos;
    return fmt::format("{}{}", zero ? "" : "−", text.substr(1));
}

void check(ValueRange range) {
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
        throw InputError(fmt::format("an axis from {} to {} cannot be drawn", range.low, range.high));
}

}  // namespace

std::string decimal(double value, int decimals) { return with_minus(fmt::format("{:.{}f}", value, decimals)); }

std::string significant(double value, int digits) {
    const double magnitude = std::abs(value);
    if (value == 0) return "0";
    if (magnitude < 1e-5 || magnitude >= 1e7) return with_minus(fmt::format("{:.{}e}", value, digits - 1));
    const int before = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
    return decimal(value, std::max(0, digits - before));
}

Ticks nice_ticks(ValueRange range, int target) {
    check(range);
    if (range.low == range.high) return {{range.low}, {significant(range.low)}, 0};
    const Step step = step_for(range.high - range.low, target);
    const double first = std::ceil(range.low / step.times(1) - slack);
    const double last = std::floor(range.high / step.times(1) + slack);
    Ticks ticks;
    ticks.step = step.times(1);
    for (double count = first; count <= last; ++count) {
        ticks.values.push_back(step.times(count) + 0.0);  // + 0.0: never minus zero
        ticks.labels.push_back(decimal(ticks.values.back(), step.decimals()));
    }
    return ticks;
}

ValueRange to_ticks(ValueRange range, int target) {
    check(range);
    if (range.low == range.high) return range;
    // A widened range may ask for a wider step, whose ticks lie further out.
    for (int round = 0; round < 4; ++round) {
        const Step step = step_for(range.high - range.low, target);
        const ValueRange wider{step.times(std::floor(range.low / step.times(1) + slack)) + 0.0,
                               step.times(std::ceil(range.high / step.times(1) - slack)) + 0.0};
        if (wider == range) break;
        range = wider;
    }
    return range;
}

}  // namespace semscope::figures
