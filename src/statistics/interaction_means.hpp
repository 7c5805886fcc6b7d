#pragma once

#include "reduction_progress.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/inference.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace semscope::statistics {

/// The interaction of two classes in an image.
struct PairValue {
    std::uint32_t image = 0;
    std::uint16_t first = 0;
    std::uint16_t second = 0;
    float value = 0;
};

/// Appends the rows of a scene: for each pair of classes the images that have both, the mean interaction over them, its
/// 95 % bootstrap interval and sign-flip p-value, and the q-value over all pairs of the scene. `values` in any order,
/// each image at most once a pair. `tick` is told after each pair.
void append_interactions(
    results::InteractionRows& rows, std::vector<PairValue> values, const DrawKey& key,
    const ResamplingOptions& resampling, const std::function<void()>& tick = [] {});

/// Mean interactions of the scenes of this rank (comm::even_share), by InteractionScene: of the predicted scene over
/// the images predicted as it, and of the true scene over its images. The same bits for any number of ranks.
/// Collective. Throws AgreedError for pairs that are none of their image. Precondition: the file has interactions.
std::array<results::InteractionRows, 2> mean_interactions(const results::OcclusionReader& file,
                                                          const comm::Communicator& communicator,
                                                          const DoneImages& done, const ResamplingOptions& resampling,
                                                          const ReductionProgress& progress);

}  // namespace semscope::statistics
