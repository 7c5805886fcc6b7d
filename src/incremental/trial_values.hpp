#pragma once

#include <torch/script.h>

#include <string>
#include <unordered_map>

namespace semscope::incremental {

/// What each value of a graph is in one run on a few photos, node by node. Sizes and constants of the network come out
/// of it as numbers.
class TrialValues {
  public:
    void set(const torch::jit::Value* value, c10::IValue is) { values_[value] = std::move(is); }

    /// The value; a constant that the run has not come to is read. Throws std::out_of_range for one that is unknown.
    const c10::IValue& of(const torch::jit::Value* value);

    /// Runs a node without blocks. Throws what the operator throws.
    void run(const torch::jit::Node* node);

    bool knows(const torch::jit::Value* value) const { return values_.count(value) != 0; }

  private:
    std::unordered_map<const torch::jit::Value*, c10::IValue> values_;
};

/// The name of an operator without its namespace and the `_` of those that work in place.
std::string plain_name(const torch::jit::Node* node);
bool works_in_place(const torch::jit::Node* node);

}  // namespace semscope::incremental
