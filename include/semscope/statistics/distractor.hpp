#pragma once

#include "semscope/statistics/image_rows.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace semscope::statistics {

/// An entry of an occlusion matrix.
struct MatrixEntry {
    std::uint32_t semantic = 0;  ///< row
    std::uint32_t scene = 0;     ///< column
    float probability = 0;

    bool operator==(const MatrixEntry&) const = default;
};

/// The largest entry over the rows 1 .. semantics-1 of an image's occlusion matrix, absent classes' rows included. Of
/// equal entries the one in the lowest row, then in the lowest column: numpy.argmax over the flattened matrix. All
/// absent classes share the row p, so the first of them stands for all. Nothing when there are no classes
/// (semantics < 2). Precondition: no NaN.
std::optional<MatrixEntry> largest_entry(const ImageRows& rows, std::size_t semantics);

/// The strongest distractor of scene c = `scene` in an image of c that was predicted as something else (FN): the row
/// of the largest entry, if its column is c; else nothing.
///
/// It is always a present class and one of flip_distractors: an absent class's largest entry is the prediction,
/// which is not c, and a row whose largest entry is in column c has c as its argmax.
/// Precondition: argmax(rows.probability) != scene.
std::optional<std::uint16_t> strongest_distractor(const ImageRows& rows, std::size_t semantics, std::uint32_t scene);

/// The present classes s with argmax p_s = `scene`, ascending: those that, when removed, turn the wrong prediction of
/// an image of `scene` into the right one. Precondition: argmax(rows.probability) != scene.
std::vector<std::uint16_t> flip_distractors(const ImageRows& rows, std::uint32_t scene);

}  // namespace semscope::statistics
