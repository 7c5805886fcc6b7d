#pragma once

#include "semscope/core/prefetcher.hpp"
#include "semscope/network/occluder.hpp"
#include "semscope/occlusion/source.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace semscope::occlusion {

/// A decoded image, or why there is none.
struct Loaded {
    std::shared_ptr<const network::Sample> sample;
    std::string problem;  ///< empty when the sample is there
};

/// Decodes, resizes and crops an image and its label map. `expected` are the classes that the survey found: a label map
/// that has others now was changed while the job ran. A label map whose crop is in `crops` is not read. Local,
/// thread-safe; never throws on bad files.
Loaded load_image(const Source& source, const LabelCrops& crops, std::uint64_t image,
                  std::span<const std::uint16_t> expected);

}  // namespace semscope::occlusion
