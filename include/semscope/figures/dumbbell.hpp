#pragma once

#include "semscope/figures/picture.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace semscope::figures {

/// Two means of one class, and what is known of their difference.
struct Dumbbell {
    std::size_t semantic = 0;
    std::string name;
    double first = 0;
    double second = 0;
    double ci_low = 0;  ///< confidence interval of second - first; not drawn where it is NaN
    double ci_high = 0;
    double q_value = 0;  ///< of the difference; NaN = not tested
};

/// What a dumbbell chart shows: for each class two marks and the line between them, in the order given.
struct DumbbellChart {
    std::string title;
    std::string subtitle;
    std::string first;  ///< what the two marks stand for, for the legend
    std::string second;
    std::string value_label = "mean score deviation";
    std::string caption;
    std::vector<Dumbbell> dumbbells;
    double significant = 0.05;  ///< below this q-value the mark of the second is filled, else it is open
    std::string font{default_font};
};

/// The chart as a picture; its width grows with the number of classes. The interval of the difference is drawn as seen
/// from the first mark: it reaches from first + ci_low to first + ci_high. In SVG each dumbbell is a group of class
/// "dumbbell" with data-semantic, data-name, data-first, data-second, data-ci-low, data-ci-high and data-q (exact).
/// Throws InputError when there are none, or a mean is not finite.
Picture draw_dumbbells(DumbbellChart chart);

}  // namespace semscope::figures
