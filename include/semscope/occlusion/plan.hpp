#pragma once

#include "semscope/comm/partition.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::occlusion {

using comm::Range;

/// How the forwards of a run are shared: rank r does images [boundaries[r], boundaries[r+1]).
struct Plan {
    std::vector<std::uint64_t> boundaries;  ///< [ranks+1]
    std::vector<std::uint64_t> forwards;    ///< [ranks]: 1 for each image and 1 for each of its variants
    std::uint64_t total = 0;
    std::vector<std::uint64_t> images;  ///< [ranks]: images to be done

    Range images_of(int rank) const;
    /// Forwards of the rank with most / mean over the ranks; 1 is perfect.
    double imbalance() const;
};

/// Cuts the images into contiguous spans of nearly equal numbers of forwards. Local, pure.
/// `variant_offsets`: of all images, N+1 of them.
Plan make_plan(std::span<const std::uint64_t> variant_offsets, int ranks);

/// The same for the pending images only. `status`: of all images, N of them; what is not pending costs nothing.
Plan make_plan(std::span<const std::uint64_t> variant_offsets, std::span<const std::uint8_t> status, int ranks);

}  // namespace semscope::occlusion
