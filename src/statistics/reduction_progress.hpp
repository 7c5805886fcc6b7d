#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace semscope::statistics {

/// Told, on every rank, how far this rank is: the stage ("blocks", "scenes"), done and total.
using ReductionProgress = std::function<void(const std::string& stage, std::uint64_t done, std::uint64_t total)>;

/// The done images that a rank has read, ascending; those of the ranks follow each other.
struct DoneImages {
    std::vector<std::uint32_t> images;
    std::vector<std::uint32_t> predicted;  ///< predicted scene of each
    std::vector<std::int32_t> truth;       ///< true scene of each, -1 unknown

    std::size_t size() const noexcept { return images.size(); }
};

}  // namespace semscope::statistics
