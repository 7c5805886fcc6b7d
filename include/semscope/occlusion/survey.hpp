#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_writer.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace semscope::occlusion {

/// What all ranks know after the survey.
struct Survey {
    results::SurveyRows rows;    ///< this rank's share
    LabelCrops crops;            ///< of this rank's share, as many as its budget holds
    std::uint64_t images = 0;    ///< N
    std::uint64_t variants = 0;  ///< V, so that N + V forwards are to be done
};

/// Reads every label map and the header of every photo, shared evenly among the ranks, `workers` threads each, and
/// counts the pixels of each class in the crop. Collective. Every missing or unreadable file, every label map of
/// another size than its photo, and every image too small for the crop is added to this rank's `problems`; what the
/// survey returns is of use only when no rank has any. `on_image` is called after each image of this rank; when it
/// throws, on some ranks or all, the survey ends with an AgreedError on all.
Survey survey(const Source& source, const comm::Communicator& communicator, int workers, Problems& problems,
              const std::function<void()>& on_image);

/// The variant offsets of all images, N+1 of them, on every rank. Collective. 8 bytes an image.
std::vector<std::uint64_t> gather_offsets(const Survey& survey, const comm::Communicator& communicator);

}  // namespace semscope::occlusion
