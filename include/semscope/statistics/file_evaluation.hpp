#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace semscope::statistics {

/// What the ranks know of their images put together: the counts of all ranks replace those of this one, and the losses
/// are added in the order of the images, each rank going on from the sum of those below it, so that the table has the
/// same bits for any number of ranks. `scores`: of this rank's done images, ascending. Collective.
results::EvaluationSummary evaluate_ranks(EvaluationCounts& counts, const std::vector<ImageScore>& scores,
                                          std::uint64_t pending, const comm::Communicator& communicator);

/// The evaluation of the un-occluded predictions in an occlusion file as it now stands, the same on every rank and the
/// same numbers as those of semscope-reduce. Reads the probabilities of the images and no variants; `on_block` is
/// called before each block. Every rank has opened the file for itself. Collective. Throws AgreedError when a row of a
/// done image holds what is no probability.
results::EvaluationSummary evaluate_file(
    const results::OcclusionReader& file, const comm::Communicator& communicator,
    const std::function<void()>& on_block = [] {});

}  // namespace semscope::statistics
