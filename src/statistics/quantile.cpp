#include "semscope/statistics/quantile.hpp"

#include <algorithm>
#include <limits>

namespace semscope::statistics {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Where a quantile lies: between the order statistics `below` and below + 1, at the fraction `t` of the way.
struct Place {
    std::size_t below;
    double t;
};

Place place_of(double share, std::size_t size) {
    const double position = share * static_cast<double>(size - 1);
    const auto below = static_cast<std::size_t>(position);
    return {below, position - static_cast<double>(below)};
}

/// From the nearer end, as numpy does it.
double interpolate(double a, double b, double t) {
    const double difference = b - a;
    return t < 0.5 ? a + difference * t : b - difference * (1.0 - t);
}

}  // namespace

SortedSample::SortedSample(const SparseSample& sample)
    : values_(sample.values.begin(), sample.values.end()), zeros_(sample.absent()) {
    std::sort(values_.begin(), values_.end());
    negative_ = static_cast<std::size_t>(std::lower_bound(values_.begin(), values_.end(), 0.0) - values_.begin());
}

double SortedSample::operator[](std::size_t k) const {
    if (k < negative_) return values_[k];
    if (k < negative_ + zeros_) return 0.0;
    return values_[k - zeros_];
}

double SortedSample::quantile(double share) const {
    if (size() == 0) return none;
    const auto [below, t] = place_of(share, size());
    return interpolate((*this)[below], (*this)[std::min(below + 1, size() - 1)], t);
}

double SortedSample::largest_up_to(double limit) const {
    const auto above = std::upper_bound(values_.begin(), values_.end(), limit);
    const double stored = above == values_.begin() ? none : *(above - 1);
    if (zeros_ == 0 || limit < 0.0) return stored;
    return stored > 0.0 ? stored : 0.0;
}

double SortedSample::smallest_from(double limit) const {
    const auto at = std::lower_bound(values_.begin(), values_.end(), limit);
    const double stored = at == values_.end() ? none : *at;
    if (zeros_ == 0 || limit > 0.0) return stored;
    return stored < 0.0 ? stored : 0.0;
}

double quantile(std::span<double> values, double share) {
    const auto [below, t] = place_of(share, values.size());
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), at, values.end());
    const double next = at + 1 == values.end() ? *at : *std::min_element(at + 1, values.end());
    return interpolate(*at, next, t);
}

}  // namespace semscope::statistics
