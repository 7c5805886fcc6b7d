#pragma once

#include "semscope/figures/picture.hpp"

#include <string>
#include <vector>

namespace semscope::figures {

/// A mean, and its confidence interval.
struct IntervalValue {
    double mean = 0;
    double low = 0;
    double high = 0;
};

/// The deletion and the insertion curve of one order of the classes. Points stand for equal steps of the share of the
/// classes from 0 to 1.
struct CurveSeries {
    std::string order;  ///< "deviation", "shapley", "area" or "random", which have their own strokes; or another
    std::vector<IntervalValue> deletion;
    std::vector<IntervalValue> insertion;
    IntervalValue deletion_area;  ///< under the curves
    IntervalValue insertion_area;
};

/// What a chart of faithfulness curves shows.
struct CurveChart {
    std::string title;
    std::string subtitle;
    std::vector<CurveSeries> series;  ///< drawn in this order, the last on top, and listed first
    std::string font{default_font};
};

/// Deletion and insertion side by side on one axis of probabilities, a line with a band for each order, and below them
/// the areas under the curves. In SVG each line is a group of class "curve" with data-order, data-curve and data-mean,
/// data-low, data-high (exact, blanks between). Throws InputError without series, for one without two points, or of
/// another length than the first, and for values that are not finite.
Picture draw_curves(CurveChart chart);

}  // namespace semscope::figures
