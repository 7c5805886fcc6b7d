#pragma once

#include <torch/script.h>

#include <optional>
#include <vector>

namespace semscope::incremental {

/// A value of a graph: an output of one of its outermost nodes.
struct Place {
    std::size_t node = 0;
    std::size_t output = 0;
};

/// The part of a frozen module from the node `first` on, as a module of its own whose input stands for the values at
/// `places`, which are the same tensor. Nothing where it needs anything else of the part before.
std::optional<torch::jit::Module> rest_of_network(const torch::jit::Module& module, std::size_t first,
                                                  const std::vector<Place>& places);

}  // namespace semscope::incremental
