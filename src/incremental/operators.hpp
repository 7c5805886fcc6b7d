#pragma once

#include "graph.hpp"
#include "trial_values.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace semscope::incremental {

/// Whether numbers of this type are understood: those of run.precision = fp32 and bf16.
inline bool is_taken(at::ScalarType type) { return type == at::kFloat || type == at::kBFloat16; }

/// Which channels a rearranged map holds: `places` count the numbers of the map `of`, [N,C,H,W], and stand in the order
/// of the rearranged one. Nothing where anything but whole channels has moved, or photos have.
std::optional<std::vector<int>> find_channels(const at::Tensor& places, const Shape& of, std::int64_t photos);

/// Turns operators of TorchScript into operations of a graph. Only what is certain is taken: an argument that is not
/// understood makes the operator one that is not.
class Operators {
  public:
    /// The map of a value, -1 for one that does not depend on the photos.
    using MapOf = std::function<int(const torch::jit::Value*)>;

    Operators(Graph& graph, TrialValues& values) : graph_(graph), values_(values) {}

    /// Appends the operation of a node; returns the map that it makes, which may be one that there is already.
    std::optional<int> read(const torch::jit::Node* node, const MapOf& map_of);

    /// The map itself where all channels stay where they are.
    int take_channels(int map, const std::vector<int>& channels);

  private:
    std::optional<int> convolution(const torch::jit::Node* node, int input);
    std::optional<int> linear(int input, const at::Tensor& weights, const at::Tensor& bias);
    std::optional<int> activation(const torch::jit::Node* node, int input);
    std::optional<int> normalisation(const torch::jit::Node* node, int input);
    std::optional<int> maximum(const torch::jit::Node* node, int input);
    std::optional<int> average(const torch::jit::Node* node, int input);
    std::optional<int> adaptive_average(const torch::jit::Node* node, int input);
    std::optional<int> mean(const torch::jit::Node* node, int input);
    std::optional<int> arithmetic(const torch::jit::Node* node, const MapOf& map_of);
    std::optional<int> scale_by(const std::string& name, int input, const c10::IValue& constant);
    std::optional<int> concatenation(const torch::jit::Node* node, const MapOf& map_of);

    int add(Operation operation, const Shape& output);
    const Shape& shape(int map) const { return graph_.maps[static_cast<std::size_t>(map)]; }
    const c10::IValue& argument(const torch::jit::Node* node, std::size_t place) {
        return values_.of(node->input(place));
    }

    Graph& graph_;
    TrialValues& values_;
};

}  // namespace semscope::incremental
