#pragma once

#include "semscope/statistics/image_rows.hpp"

#include <cstdint>
#include <vector>

namespace semscope::statistics {

/// The set of images that a sample of deviations of scene c is taken over.
enum class ImageSet : std::uint8_t {
    correct = 0,    ///< TP: true scene and prediction are both c
    predicted = 1,  ///< Det: the prediction is c, whatever the true scene, also when that is unknown
};

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

}  // namespace semscope::statistics
