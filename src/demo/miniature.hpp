#pragma once

#include "semscope/demo/picture.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::demo {

/// Side of the blocks that the network averages before anything else.
inline constexpr int block = 4;
inline constexpr int miniature_size = picture_size / block;  ///< 64
inline constexpr int crop_size = 224;
inline constexpr int miniature_crop = crop_size / block;  ///< 56

/// ImageNet mean and standard deviation of red, green and blue in 0..1.
inline constexpr std::array<float, 3> colour_mean{0.485F, 0.456F, 0.406F};
inline constexpr std::array<float, 3> colour_deviation{0.229F, 0.224F, 0.225F};

/// A picture as the network sees it: normalised and averaged over blocks of 4x4 pixels, which is the network's own
/// first step. Training on these costs a sixteenth of the memory traffic and gives the same gradients.
struct Miniature {
    int scene;
    std::vector<float> rgb;             ///< [3, 64, 64]
    std::vector<std::uint8_t> labels;   ///< [256, 256]
    std::vector<std::uint8_t> present;  ///< the classes in the label map, ascending
};

Miniature make_miniature(const Picture& picture, Scene scene);

/// The share of each 4x4 block that a class covers: [64, 64].
std::vector<float> coverage_of(const Miniature& miniature, std::uint8_t semantic);

/// Writes a training view of set[index] to `out`, [3, 56, 56], and the share of each scene in what it should be taken
/// for to `target`, [scene_count].
///
/// The view is cropped and mirrored at random, its light varied, and parts of it are inhibited as semscope does it (set
/// to the mean, which is 0): shapes taken from *other* pictures, classes of its own surroundings, or all that decides
/// its scene. A view in which nothing decides could be any scene of its setting, indoor or outdoor, so the target is
/// shared by these evenly. So the network learns that surroundings, and holes of any shape, tell nothing.
void training_view(std::span<const Miniature> set, std::size_t index, RandomStream& random, float* out, float* target);

}  // namespace semscope::demo
