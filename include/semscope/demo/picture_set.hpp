#pragma once

#include "semscope/demo/picture.hpp"

#include <span>
#include <vector>

namespace semscope::demo {

/// Draws the requested pictures with several threads. The result does not depend on their number.
std::vector<Picture> draw_pictures(std::span<const PictureRequest> requests, int threads);

/// Requests for pictures 0..per_scene-1 of every scene, scene by scene.
std::vector<PictureRequest> requests_for(std::uint64_t seed, Purpose purpose, int per_scene);

}  // namespace semscope::demo
