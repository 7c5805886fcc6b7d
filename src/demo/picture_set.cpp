#include "semscope/demo/picture_set.hpp"

#include "parallel.hpp"

namespace semscope::demo {

std::vector<Picture> draw_pictures(std::span<const PictureRequest> requests, int threads) {
    std::vector<Picture> pictures(requests.size());
    parallel_for(requests.size(), threads, [&](std::size_t i) { pictures[i] = draw_picture(requests[i]); });
    return pictures;
}

std::vector<PictureRequest> requests_for(std::uint64_t seed, Purpose purpose, int per_scene) {
    std::vector<PictureRequest> requests;
    for (const Scene scene : all_scenes)
        for (int i = 0; i < per_scene; ++i) requests.push_back({seed, purpose, scene, static_cast<std::uint32_t>(i)});
    return requests;
}

}  // namespace semscope::demo
