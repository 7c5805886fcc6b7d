#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::comm {

/// A half-open range of indices [begin, end).
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const noexcept { return end - begin; }
    bool empty() const noexcept { return begin == end; }
    bool operator==(const Range&) const = default;
};

/// The share of part `part` when `count` items are cut into `parts` contiguous ranges whose sizes differ by at most
/// one. Local, pure. Precondition: 0 <= part < parts.
Range even_share(std::uint64_t count, int part, int parts);

/// Cuts items of different cost into `parts` contiguous ranges of nearly equal cost.
///
/// `offsets` holds the prefix sums of the costs: offsets[i] is the cost of the items before item i, n+1 entries for n
/// items, starting at 0 and never falling. Returns parts+1 item indices; part p gets [result[p], result[p+1]). Each
/// boundary is the one nearest to its ideal place, so a part's cost is off the mean by at most the dearest item.
/// Local, pure, O(parts log n). Precondition: parts >= 1, offsets not empty.
std::vector<std::uint64_t> balanced_boundaries(std::span<const std::uint64_t> offsets, int parts);

}  // namespace semscope::comm
