#pragma once

#include "semscope/attribution/settings.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/incremental/occluder.hpp"
#include "semscope/job/watchdog.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
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
    attribution::Settings attribution = {};
    std::span<const std::uint32_t> further = {};  ///< [N] forwards for attributions; empty = none
};

/// How well the network recognises the images of known scene that were finished: what the progress tells.
struct RunningScore {
    std::uint64_t images = 0;
    std::uint64_t correct = 0;  ///< their scene is the most probable one
    double loss = 0;            ///< sum of their cross-entropies, nat
};

/// "12 images: loss 1.7600, top-1 53.69 %"; "" without images. Local, pure.
std::string describe(const RunningScore& score);

/// What a rank did.
struct RunReport {
    std::uint64_t images = 0;
    std::uint64_t forwards = 0;  ///< without padding
    std::uint64_t padding = 0;   ///< forwards that only filled a batch
    std::uint64_t checkpoints = 0;
    bool stopped = false;                 ///< by a signal, before the end; the same on all ranks
    std::vector<std::string> unreadable;  ///< one sentence for each image that could not be decoded
    std::vector<std::string> not_finite;  ///< the same for each image with a score that is not finite
};

struct RunArguments {
    const Task& task;
    incremental::Occluder& occluder;
    results::OcclusionWriter& writer;
    const comm::Communicator& communicator;
    job::Watchdog& watchdog;
    PhaseTimer& timer;
    const cli::Log& log;             ///< of the progress
    int loaders = 1;                 ///< decode workers of this rank
    double checkpoint_seconds = 60;  ///< between checkpoints, unless `buffer_bytes` are full before
    std::uint64_t buffer_bytes = std::uint64_t{64} << 20;  ///< for the rows of a rank; the same on all ranks
};

/// Does the forwards of the task and writes them. Collective. Time goes to the phases "decode wait", "batch assembly",
/// "forward", "write" and "idle" of the timer.
///
/// It ends early as cli::run_distributed does: after a stop signal with report.stopped set, after an error with
/// AgreedError, on all ranks. An image that cannot be decoded, or whose scores are not finite, is no error: it is
/// marked and reported.
RunReport run(const RunArguments& run);

}  // namespace semscope::occlusion
