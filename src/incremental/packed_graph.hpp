#pragma once

#include "graph.hpp"
#include "kernel_names.hpp"
#include "steps.hpp"

#include <vector>

namespace semscope::incremental {

/// Some output channels of a convolution and the input channels that they read.
struct Part {
    int input_begin = 0, inputs = 0;
    int output_begin = 0, outputs = 0;
    int depth = 0;         ///< inputs * taps
    Buffer weights;        ///< [panel][depth][16]
    BufferOf<Pair> pairs;  ///< in their place with kernels for bf16: [panel][half the depth, rounded up][16]
};

/// The weights of an operation.
struct Packed {
    std::vector<Part> parts;
    Buffer weights, bias;  ///< depthwise [taps][channels], scale as in the operation; bias 0 where there is none
};

/// A graph and its weights as the kernels read them. What all groups share.
struct PackedGraph {
    /// Takes the weights out of `graph`.
    PackedGraph(Graph graph, const Kernels& kernels);

    Graph graph;
    const Kernels& kernels;
    std::vector<Step> steps;
    std::vector<std::vector<int>> last_uses;  ///< for each step the maps that nobody reads after it
    std::vector<Packed> packed;               ///< of each operation
};

}  // namespace semscope::incremental
