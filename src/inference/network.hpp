#pragma once

#include "script_module.hpp"
#include "semscope/inference/occluder.hpp"

#include <string>

namespace semscope::inference {

/// A TorchScript classifier, ready to run on its device: evaluation mode, frozen, tried once.
class Network {
  public:
    /// See Occluder.
    explicit Network(const NetworkOptions& options);

    /// [batch,3,crop,crop] normalised float on the device, channels last in memory for preference -> [batch,C]
    /// probabilities, float32 on the device.
    at::Tensor probabilities(const at::Tensor& images);

  private:
    void try_once();
    /// What is wrong with the output for so many images, "" when nothing is.
    std::string fits(int images);
    at::Tensor run(const at::Tensor& images);

    NetworkOptions options_;
    at::ScalarType type_ = at::kFloat;
    at::MemoryFormat format_ = at::MemoryFormat::Contiguous;
    torch::jit::Module module_;
};

}  // namespace semscope::inference
