#pragma once

#include "semscope/inference/occluder.hpp"

#include <torch/script.h>

namespace semscope::inference {

/// The Torch device of a Device.
torch::Device torch_device(const Device& device);

/// A TorchScript classifier, ready to run on its device: evaluation mode, frozen, optimised, tried once.
class Network {
  public:
    /// See Occluder.
    explicit Network(const NetworkOptions& options);

    /// [batch,3,crop,crop] normalised float on the device, channels last in memory for preference -> [batch,C]
    /// probabilities, float32 on the device.
    at::Tensor probabilities(const at::Tensor& images);

  private:
    void load();
    void optimise();
    void try_once();
    at::Tensor run(const at::Tensor& images);

    NetworkOptions options_;
    at::ScalarType type_ = at::kFloat;
    at::MemoryFormat format_ = at::MemoryFormat::Contiguous;
    torch::jit::Module module_;
};

}  // namespace semscope::inference
