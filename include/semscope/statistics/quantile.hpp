#pragma once

#include "semscope/statistics/sample.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace semscope::statistics {

/// A sample in ascending order, its zeros counted and not stored: as cheap for a class that is present in 3 of 5,000
/// images as for 3 images.
class SortedSample {
  public:
    explicit SortedSample(const SparseSample& sample);

    std::size_t size() const noexcept { return negative_ + zeros_ + (values_.size() - negative_); }

    /// The k-th smallest of all values, zeros of absent classes included, from 0. Precondition: k < size().
    double operator[](std::size_t k) const;

    /// The `share` quantile, 0 <= share <= 1, linearly interpolated between the order statistics around
    /// share * (n - 1): "type 7" of Hyndman and Fan, "Sample quantiles in statistical packages", 1996, and the same
    /// bits as numpy.percentile. NaN for an empty sample.
    double quantile(double share) const;

    /// The largest value <= limit, and the smallest value >= limit; NaN when there is none.
    double largest_up_to(double limit) const;
    double smallest_from(double limit) const;

  private:
    std::vector<double> values_;  // of present classes, ascending
    std::size_t negative_;        // how many of them are below 0
    std::size_t zeros_;           // absent classes
};

/// The same quantile of values in any order, which it partly sorts. Precondition: not empty, no NaN.
double quantile(std::span<double> values, double share);

}  // namespace semscope::statistics
