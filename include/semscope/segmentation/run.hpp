#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/watchdog.hpp"
#include "semscope/network/segmenter.hpp"
#include "semscope/segmentation/survey.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::segmentation {

/// What a rank did.
struct RunReport {
    std::uint64_t images = 0;
    std::uint64_t forwards = 0;  ///< photos that went through the network, each mirror image counting once more
    std::uint64_t padding = 0;   ///< forwards whose result nobody needs
    bool stopped = false;        ///< by a signal, before the end; the same on all ranks
    std::vector<std::string> unreadable;  ///< photos that could not be decoded, a line each; they get no label map
};

struct RunArguments {
    const Source& source;
    std::span<const Photo> photos;   ///< of the whole list
    std::span<const Batch> batches;  ///< this rank's share
    std::uint64_t pending = 0;       ///< photos of the batches of all ranks
    network::Segmenter& segmenter;
    bool flip = false;
    const LabelFiles& files;
    int loaders = 1;  ///< threads that decode photos ahead
    const comm::Communicator& communicator;
    job::Watchdog& watchdog;
    PhaseTimer& timer;
    const cli::Log& log;  ///< of the progress
};

/// Segments the photos of this rank's share and writes their label maps. Collective. Phases of the timer: decode wait,
/// forward, write, idle.
///
/// It ends early as cli::run_distributed does, with all that was done on disk: after a stop signal with report.stopped
/// set, after an error with AgreedError, on all ranks.
RunReport run(const RunArguments& run);

}  // namespace semscope::segmentation
