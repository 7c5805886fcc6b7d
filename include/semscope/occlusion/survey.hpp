#pragma once

#include "semscope/base/error.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_writer.hpp"

#include <cstdint>

namespace semscope::occlusion {

/// What all ranks know after the survey.
struct Survey {
    results::SurveyRows rows;    ///< this rank's share
    std::uint64_t images = 0;    ///< N
    std::uint64_t variants = 0;  ///< V, so that N + V forwards are to be done
};

/// Reads every label map and the header of every photo, shared evenly among the ranks, `workers` threads each, and
/// counts the pixels of each class in the crop. Collective. Throws AgreedError (bad_input) that lists every missing or
/// unreadable file, every label map of another size than its photo, and every image too small for the crop.
Survey survey(const Source& source, const mpi::Communicator& communicator, int workers);

}  // namespace semscope::occlusion
