#include "semscope/base/error.hpp"
#include "semscope/figure/word_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::figure {
namespace {

/// Percentile of ascending values, interpolated linearly between neighbours ("type 7").
double percentile_of(const std::vector<double>& ascending, double percentile) {
    const double place = percentile / 100 * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    return std::lerp(ascending[below], ascending[above], place - static_cast<double>(below));
}

/// Classes with a positive value, largest first.
std::vector<std::size_t> positive_classes(std::span<const double> values) {
    std::vector<std::size_t> classes;
    for (std::size_t s = 1; s < values.size(); ++s) {
        if (std::isinf(values[s])) throw InputError(fmt::format("the value of class {} is infinite", s));
        if (values[s] > 0) classes.push_back(s);
    }
    std::stable_sort(classes.begin(), classes.end(),
                     [&](std::size_t one, std::size_t other) { return values[one] > values[other]; });
    return classes;
}

}  // namespace

std::vector<WeightedWord> cloud_weights(std::span<const double> values, std::span<const std::string> names,
                                        double percentile) {
    if (values.size() != names.size())
        throw InputError(fmt::format("{} values for {} class names", values.size(), names.size()));
    if (!(percentile >= 0 && percentile <= 100))
        throw UsageError(fmt::format("a percentile of {} is outside 0 to 100", percentile));
    const std::vector<std::size_t> classes = positive_classes(values);
    if (classes.empty()) return {};
    const double smallest = values[classes.back()];
    std::vector<double> weights;
    weights.reserve(classes.size());
    for (const std::size_t s : classes) weights.push_back(std::ceil(values[s] / smallest));
    const double least = percentile_of({weights.rbegin(), weights.rend()}, percentile);
    std::vector<WeightedWord> words;
    for (std::size_t i = 0; i < classes.size(); ++i)
        words.push_back({classes[i], short_name(names[classes[i]]), std::max(weights[i], least)});
    return words;
}

}  // namespace semscope::figure
