#pragma once

#include "semscope/figures/picture.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace semscope::figures {

/// The mean interaction of two classes.
struct InteractionCell {
    std::size_t first = 0;  ///< places in InteractionMatrix::names, first < second
    std::size_t second = 0;
    std::uint64_t images = 0;  ///< that have both classes
    double mean = 0;
    double ci_low = 0;
    double ci_high = 0;
    double q_value = 0;
};

/// What a heat map of interactions shows.
struct InteractionMatrix {
    std::string title;
    std::string subtitle;
    std::string caption;             ///< what is said besides how to read it
    std::vector<std::string> names;  ///< of the classes, in the order of rows and columns
    std::vector<InteractionCell> cells;
    std::uint64_t few_images = 3;  ///< cells of so few images, or fewer, are drawn small
    double significant = 0.05;     ///< below this q-value a cell gets a dot; a ring if only its interval excludes 0
    std::string font{default_font};
};

/// The lower triangle of the matrix in diverging colours, 0 in their middle; pairs without cell never occur together,
/// and are crossed out. In SVG each cell is a group of class "interaction" with data-first, data-second (names),
/// data-images, data-mean, data-ci-low, data-ci-high and data-q (exact). Throws InputError without cells, for places
/// that are none, and for means that are not finite.
Picture draw_interactions(InteractionMatrix matrix);

}  // namespace semscope::figures
