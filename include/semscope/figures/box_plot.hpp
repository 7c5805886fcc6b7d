#pragma once

#include "semscope/figures/colour_map.hpp"
#include "semscope/figures/picture.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace semscope::figures {

/// The sample of one class, as statistics.h5 summarises it.
struct Box {
    std::size_t semantic = 0;
    std::string name;
    std::uint64_t n = 0;        ///< size of the sample
    std::uint64_t present = 0;  ///< images in which the class occurs
    double min = 0, q1 = 0, median = 0, q3 = 0, max = 0;
    double whisker_low = 0, whisker_high = 0;
    double mean = 0;
    double ci_low = 0, ci_high = 0;  ///< confidence interval of the mean; drawn unless NaN
    std::vector<double> fliers;      ///< values beyond the whiskers
};

/// What a box plot shows. The boxes are drawn in the order given.
struct BoxPlot {
    std::string scene;
    std::string sample = "correctly predicted images";  ///< what was counted
    std::string quantity = "score deviation";           ///< what the boxes are of, along the value axis
    std::uint64_t images = 0;                           ///< how many of them
    std::vector<Box> boxes;
    std::optional<ValueRange> range;  ///< that the value axis is made for; none = that of these boxes
    double confidence = 0.95;         ///< of the interval, for the caption
    bool few_images = false;          ///< the intervals get a dagger, and the caption says that they stand on little
    std::string font{default_font};
};

/// The range that holds 0 and everything that is drawn of the boxes. For a common axis, join() those of all scenes.
ValueRange box_plot_range(const std::vector<Box>& boxes);

/// The box plot as a picture; its width grows with the number of boxes. Values outside a given range are left out or
/// cut at the frame, and the caption says how many images that concerns.
/// In SVG each box is a group of class "box" with the numbers as data-semantic, data-name, data-n, data-present,
/// data-min, data-q1, ..., data-ci-high (exact), and each flier one of class "flier" with data-value. Throws InputError
/// when there are no boxes, or one whose quartiles or whiskers are not finite.
Picture draw_box_plot(BoxPlot plot);

}  // namespace semscope::figures
