#pragma once

#include "semscope/base/timing.hpp"
#include "semscope/inference/occluder.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/plan.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_writer.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace semscope::occlusion {

struct RunOptions {
    int loaders = 1;                 ///< decode workers of this rank
    double checkpoint_seconds = 60;  ///< between checkpoints
};

/// What a rank did.
struct RunReport {
    std::uint64_t images = 0;
    std::uint64_t forwards = 0;  ///< without padding
    std::uint64_t padding = 0;   ///< forwards that only filled a batch
    std::uint64_t checkpoints = 0;
    std::vector<std::string> unreadable;  ///< one sentence for each image that could not be decoded
};

/// Called on rank 0 from time to time with the forwards that all ranks have done and will do.
using ProgressCallback = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Does the forwards of all images and writes them. Collective. Time goes to the phases "decode wait", "batch
/// assembly", "forward", "write" and "idle" of `timer`.
///
/// An error on one rank ends the run on all of them at the next checkpoint, after what is finished was written: throws
/// AgreedError everywhere. An image that cannot be decoded is no error: it is marked and reported.
RunReport run(const Source& source, std::span<const std::uint64_t> variant_offsets, const Plan& plan,
              inference::Occluder& occluder, std::size_t scenes, results::OcclusionWriter& writer,
              const mpi::Communicator& communicator, const RunOptions& options, PhaseTimer& timer,
              const ProgressCallback& progress);

}  // namespace semscope::occlusion
