#pragma once

#include "semscope/statistics/sample.hpp"

#include <cstdint>
#include <vector>

namespace semscope::statistics {

/// What describes one deviation sample. All over all n images, absent classes counting 0, unless it says otherwise.
/// Without any image every number is NaN.
struct Summary {
    std::uint64_t images = 0;   ///< n
    std::uint64_t present = 0;  ///< images where the class is present
    double mean = 0;
    double mean_present = 0;  ///< over the images where the class is present; NaN when there is none
    double std = 0;           ///< population standard deviation (divided by n)
    double min = 0;
    double q1 = 0;  ///< quartiles: linear interpolation, as SortedSample::quantile
    double median = 0;
    double q3 = 0;
    double max = 0;
    double whisker_low = 0;   ///< smallest datum >= q1 - 1.5 (q3 - q1), or q1 when that is above q1
    double whisker_high = 0;  ///< largest datum <= q3 + 1.5 (q3 - q1), or q3 when that is below q3
};

/// Summarises a sample. Quartiles, whiskers and extremes are those of numpy.percentile and matplotlib's boxplot_stats
/// over the full sample, bit for bit; sums run in image order in double precision. O(m log m) for m present values.
Summary summarise(const SparseSample& sample);

/// The data beyond the whiskers.
struct Fliers {
    std::vector<std::uint64_t> present;  ///< indices into the sample's values, ascending
    std::uint64_t absent = 0;            ///< zeros of absent classes beyond a whisker: all of them or none
};

/// The fliers of a sample, given its summary.
Fliers fliers(const SparseSample& sample, const Summary& summary);

}  // namespace semscope::statistics
