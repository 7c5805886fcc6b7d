#pragma once

#include "script_module.hpp"
#include "semscope/inference/occluder.hpp"

namespace semscope::inference {

/// A TorchScript classifier, ready to run on its device: evaluation mode, frozen, optimised, tried once.
class Network {
  public:
    /// See Occluder.
    explicit Network(const NetworkOptions& options);

    /// [batch,3,crop,crop] normalised float on the device, channels last in memory for preference -> [batch,C]
    /// probabilities, float32 on the device.
    at::Tensor probabilities(const at::Tensor& images);

  private:
    void optimise();
    void try_once();
    at::Tensor run(const at::Tensor& images);

    NetworkOptions options_;
    at::ScalarType type_ = at::kFloat;
    at::MemoryFormat format_ = at::MemoryFormat::Contiguous;
    torch::jit::Module module_;
};

}  // namespace semscope::inference
