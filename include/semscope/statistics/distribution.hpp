#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// Adds an image's pixels of its present classes to the counts [S] of a scene. Exact, so that the order does not
/// matter. Precondition: every class is below S, `pixels` is as long as `semantic`.
void add_pixels(std::span<std::uint64_t> counts, std::span<const std::uint16_t> semantic,
                std::span<const std::uint32_t> pixels);

/// The semantic distribution of a scene: the share of each class 1..S-1 in its labelled pixels. Entry 0, the
/// unlabelled, is 0 and takes no part. NaN throughout (but entry 0) when no pixel is labelled.
std::vector<double> pixel_shares(std::span<const std::uint64_t> counts);

}  // namespace semscope::statistics
