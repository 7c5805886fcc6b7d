#pragma once

#include "semscope/base/timing.hpp"
#include "semscope/inference/segmenter.hpp"
#include "semscope/segmentation/survey.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace semscope::segmentation {

/// What a rank did.
struct RunReport {
    std::uint64_t images = 0;
    std::uint64_t forwards = 0;  ///< photos that went through the network, each mirror image counting once more
    std::uint64_t padding = 0;   ///< forwards whose result nobody needs
    std::vector<std::string> unreadable;  ///< photos that could not be decoded, a line each; they get no label map
};

/// Segments the photos of `batches`, this rank's share, and writes their label maps. Photos are decoded ahead by
/// `loaders` threads. Local: it never communicates. `after_batch` gets the number of photos done so far; when it
/// returns false the run ends there, with all that was done on disk. Phases of `timer`: decode wait, batch assembly,
/// forward, write. Throws InferenceError, IoError.
RunReport run(const Source& source, std::span<const Photo> photos, std::span<const Batch> batches,
              inference::Segmenter& segmenter, bool flip, const LabelFiles& files, int loaders, PhaseTimer& timer,
              const std::function<bool(std::uint64_t)>& after_batch);

}  // namespace semscope::segmentation
