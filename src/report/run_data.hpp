#pragma once

#include "gallery.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/postprocess/map_source.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace semscope::report {

/// One run: its occlusion file, its photos and label maps, and what it predicted.
struct Run {
    std::unique_ptr<results::OcclusionReader> file;
    std::unique_ptr<postprocess::MapSource> source;
    Predictions predictions;
};

/// Reads what was predicted for all images, each rank its share. Collective. Throws AgreedError when a row of a done
/// image is not a distribution.
Predictions read_predictions(const results::OcclusionReader& file, const comm::Communicator& communicator);

/// For each image of `first` the index of the image with the same path in `second`, -1 where there is none.
/// Collective: each rank looks for its share of the first.
std::vector<std::int64_t> match_images(const results::OcclusionReader& first, const results::OcclusionReader& second,
                                       const comm::Communicator& communicator);

/// Calls visit(index, path) for the images in `range`, reading in blocks. Local.
template <class Visit>
void for_each_path(const results::OcclusionReader& file, results::Range range, Visit&& visit) {
    constexpr std::uint64_t block = std::uint64_t{1} << 14;
    for (std::uint64_t begin = range.begin; begin < range.end; begin += block) {
        const auto paths = file.image_paths({begin, std::min(range.end, begin + block)});
        for (std::size_t i = 0; i < paths.size(); ++i) visit(begin + i, paths[i]);
    }
}

}  // namespace semscope::report
