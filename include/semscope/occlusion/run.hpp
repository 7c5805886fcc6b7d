#pragma once

#include "semscope/base/timing.hpp"
#include "semscope/inference/occluder.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/mpi/overseer.hpp"
#include "semscope/occlusion/label_crops.hpp"
#include "semscope/occlusion/plan.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_writer.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace semscope::occlusion {

/// What is to be done: the pending images of a data set, as planned.
struct Task {
    const Source& source;
    const LabelCrops& crops;                         ///< label crops that need not be read again
    std::span<const std::uint64_t> variant_offsets;  ///< of all images, [N+1]
    std::span<const std::uint8_t> status;            ///< of all images, [N]: which are pending
    const Plan& plan;
    std::size_t scenes = 0;  ///< C
};

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
    bool stopped = false;                 ///< by a signal, before the end; the same on all ranks
    std::vector<std::string> unreadable;  ///< one sentence for each image that could not be decoded
};

/// Called on rank 0 from time to time with the forwards that all ranks have done and will do.
using ProgressCallback = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Does the forwards of the task and writes them. Collective. Time goes to the phases "decode wait", "batch assembly",
/// "forward", "write" and "idle" of `timer`.
///
/// When `overseer` tells of a stop signal, all ranks end the batch that they are in, write a checkpoint, and return
/// with report.stopped set, unless there was nothing left to do. An error on one rank ends the run on all of them
/// likewise, after what is finished was written: throws AgreedError everywhere. An image that cannot be decoded is no
/// error: it is marked and reported.
RunReport run(const Task& task, inference::Occluder& occluder, results::OcclusionWriter& writer,
              const mpi::Communicator& communicator, mpi::Overseer& overseer, const RunOptions& options,
              PhaseTimer& timer, const ProgressCallback& progress);

}  // namespace semscope::occlusion
