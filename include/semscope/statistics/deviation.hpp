#pragma once

#include "semscope/statistics/image_record.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace semscope::statistics {

/// The score deviation d = p - p_s: positive when s supports the scene, negative when s speaks against it.
///
/// The single-precision difference: the exact difference of the two stored values, rounded once to float32. (To
/// subtract in double precision and round the result gives the same, for any two floats.) This is the sample_value of
/// the statistics file, and every statistic is computed, in double precision, from this value, so that all of them
/// can be recomputed from the file alone.
inline float deviation(float p, float p_s) { return p - p_s; }

/// d_s(scene) of every present class s, in the order of rows.semantic: [V].
///
/// An image belongs to Det of its prediction and no other scene, and to TP of that same scene when it is right; so
/// deviations(rows, argmax(rows.probability)) is all that both sets ever need of an image.
/// Precondition: scene < C.
std::vector<float> deviations(const ImageRows& rows, std::uint32_t scene);

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

/// Adds an image's pixels of its present classes to the counts [S] of a scene. Exact, so that the order does not
/// matter. Precondition: every class is below S, `pixels` is as long as `semantic`.
void add_pixels(std::span<std::uint64_t> counts, std::span<const std::uint16_t> semantic,
                std::span<const std::uint32_t> pixels);

/// The semantic distribution of a scene: the share of each class 1..S-1 in its labelled pixels. Entry 0, the
/// unlabelled, is 0 and takes no part. NaN throughout (but entry 0) when no pixel is labelled.
std::vector<double> pixel_shares(std::span<const std::uint64_t> counts);

}  // namespace semscope::statistics
