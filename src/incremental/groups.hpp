#pragma once

#include "semscope/network/occluder.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace semscope::incremental {

/// Forwards that are computed together, where there are so many: with fewer, the small maps of the last layers would
/// have few rows.
inline constexpr std::size_t smallest_group = 8;

/// Of the groups of a batch.
struct GroupLimits {
    std::size_t forwards = 1;  ///< the most of one group
    std::size_t at_once = 1;   ///< groups that run at the same time
};

/// How many of these forwards fit into the groups of a batch. The forwards of a photo, which have its slot, stand
/// together; only a photo that is first and too large for a group is cut. Pure.
std::size_t fill_groups(std::span<const network::Forward> queue, const GroupLimits& limits);

/// Groups of about the same size, in the order of `forwards`. Each photo in a group begins with the forward of itself,
/// which is put in where it is not there: for the parts of a photo with more forwards than a group holds, and for
/// further forwards of a photo that was there before. Pure.
std::vector<std::vector<network::Forward>> divide(std::span<const network::Forward> forwards,
                                                  const GroupLimits& limits);

}  // namespace semscope::incremental
