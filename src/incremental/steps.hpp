#pragma once

#include "graph.hpp"

#include <optional>

namespace semscope::incremental {

/// Operations that run in one pass. Most steps are one operation. Where a 1x1 convolution alone reads a depthwise one,
/// both are one step, and the map between them is never made as a whole. Where that depthwise convolution alone reads
/// another convolution, the step may make that one's map forward by forward. A convolution that only a concatenation
/// reads may write its channels where that one has them.
struct Step {
    std::size_t operation = 0;                 ///< the last one, whose map is kept
    std::optional<std::size_t> depthwise;      ///< before `operation`
    std::optional<std::size_t> expansion;      ///< before `depthwise`
    std::optional<std::size_t> concatenation;  ///< the operation that alone reads `operation`
    int first_channel = 0;                     ///< where its channels begin in that map
};

/// The steps of a graph in their order.
std::vector<Step> find_steps(const Graph& graph);

/// For each step the maps that nobody reads after it.
std::vector<std::vector<int>> last_uses(const Graph& graph, const std::vector<Step>& steps);

}  // namespace semscope::incremental
