#pragma once

#include "semscope/demo/random_stream.hpp"
#include "semscope/demo/semantics.hpp"

#include <cstdint>
#include <vector>

namespace semscope::demo {

/// Height and width of every picture.
inline constexpr int picture_size = 256;

/// A drawn photo and its label map, rows from top to bottom.
struct Picture {
    std::vector<std::uint8_t> rgb;     ///< [256, 256, 3]
    std::vector<std::uint8_t> labels;  ///< [256, 256], class numbers as in objectInfo150.txt, 0 = unlabelled
};

/// Names one picture. The same request always gives the same picture.
struct PictureRequest {
    std::uint64_t seed;
    Purpose purpose;  ///< validation, training or held_out
    Scene scene;
    std::uint32_t index;
};

/// What is put into a picture besides its surroundings.
struct Contents {
    std::vector<Semantic> deciding;  ///< the scene's deciding objects that are in view; may be empty in training only
    bool bias;                       ///< has the class of planted_bias
    bool distractor;                 ///< has the class of planted_distractor; in validation only
};

/// Decides what a picture shows. The shares are kept exactly, by counting through the index: all combinations of
/// deciding objects occur equally often, the bias is in 10 of 11 offices and in 1 of 13 other rooms, the distractor in
/// every third field of the validation set. One training picture in four has no deciding object at all: from these a
/// network learns that the surroundings alone tell nothing.
Contents contents_of(const PictureRequest& request);

/// Draws a picture.
Picture draw_picture(const PictureRequest& request);

}  // namespace semscope::demo
