#pragma once

#include "graph.hpp"

#include <torch/script.h>

#include <optional>
#include <string>

namespace semscope::incremental {

/// What was read of a network.
struct Reading {
    Graph graph;
    std::size_t operators = 0;  ///< of TorchScript that the graph stands for
    std::string refused;        ///< the first operator that is not understood; "" = all were
    /// What comes after: takes the output map of the graph, [N,channels,height,width] or, where `flat`, [N,numbers].
    std::optional<torch::jit::Module> rest;
    bool flat = false;

    bool empty() const { return graph.operations.empty(); }
};

/// Reads the graph of a frozen module, as far as it is understood, by a trial run on `photos`, [N,3,H,W], N > 1.
/// Local. Throws what the network throws.
Reading read_graph(const torch::jit::Module& module, const at::Tensor& photos);

}  // namespace semscope::incremental
