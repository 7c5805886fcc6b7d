#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::incremental {

/// For each forward of a photo, of which the first is the photo itself, another one that it changes few pixels of: its
/// base, through whose bases each comes to the photo. Together the forwards change the fewest pixels that there can be
/// (a minimum spanning tree, by Prim's algorithm); the photo is taken where another one is not nearer. The photo is its
/// own base. Pure.
///
/// `pixels`: of each class of the photo. `shown`: [forward][class] what a forward shows of a class; where two forwards
/// have the same number, they have the same pixels.
std::vector<int> find_bases(std::span<const std::size_t> pixels, std::span<const std::vector<std::uint32_t>> shown);

}  // namespace semscope::incremental
