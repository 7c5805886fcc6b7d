#pragma once

#include "semscope/network/occluder.hpp"

#include <torch/script.h>

/// What modules that use Torch themselves may see of an Occluder.
namespace semscope::network {

/// The network and the photos behind an Occluder, which must outlive this. All calls are local.
class TorchAccess {
  public:
    /// The occluder must have a network and be on the CPU (LibraryError).
    explicit TorchAccess(Occluder& occluder);

    const NetworkOptions& options() const;

    /// The frozen network, which must not be changed; none where it is an AOTInductor package.
    const torch::jit::Module* module() const;

    /// Runs a module, the network or a part of it, on [batch,...] as the network is run: in one batch or one by one.
    /// Returns scores, float32 [batch,C]. Throws InferenceError.
    at::Tensor scores(torch::jit::Module& part, const at::Tensor& batch) const;

    /// What scores [n,C] are as probabilities, by model.output.
    at::Tensor probabilities(const at::Tensor& scores) const;

    /// The photo in a slot, normalised: [crop,crop,3].
    const float* photo(int slot) const;

    /// Writes a variant of it, [crop,crop,3]. Thread-safe beside itself.
    void make_variant(const Forward& forward, float* out) const;

  private:
    Occluder::State& state_;
};

}  // namespace semscope::network
