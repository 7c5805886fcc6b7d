#pragma once

#include "semscope/base/error.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"
#include "semscope/results/occlusion_writer.hpp"

#include <cstdint>
#include <vector>

namespace semscope::occlusion {

/// Compares what the survey found now with what the file holds of the survey that it was begun with: the scene of every
/// image, and its classes and their pixels. Collective. What differs is added to this rank's `problems`, some images by
/// name and the rest counted.
void compare_with_survey(const Source& source, const Survey& survey, const results::OcclusionWriter& writer,
                         const mpi::Communicator& communicator, Problems& problems);

/// The states of all images in the file, on every rank. Collective. With `retry_unreadable` unreadable images become
/// pending, in the file as well. Any image that can be unreadable has its rows reserved, as the survey has to have read
/// its label map before anything is written: so all of them can be retried.
std::vector<std::uint8_t> images_to_resume(results::OcclusionWriter& writer, const mpi::Communicator& communicator,
                                           bool retry_unreadable);

}  // namespace semscope::occlusion
