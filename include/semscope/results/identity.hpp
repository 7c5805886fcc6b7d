#pragma once

#include "semscope/results/occlusion_reader.hpp"
#include "semscope/results/statistics_reader.hpp"

#include <string>

namespace semscope::results {

/// A SHA-256 that tells one occlusion file from another without reading its numbers: over the digests of its
/// configuration, model and image list, when it was created, its extents, and how many images were done. What is made
/// of the file records it as occlusion_identity. Local; reads the statuses.
std::string identity_of(const OcclusionReader& file);

/// Whether the statistics were made from this occlusion file, as it now stands. Local.
bool made_from(const StatisticsReader& statistics, const OcclusionReader& occlusion);

}  // namespace semscope::results
