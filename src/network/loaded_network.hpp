#pragma once

#include "batching.hpp"
#include "module_file.hpp"

#include <torch/script.h>

#include <memory>
#include <string>

namespace semscope::network {

/// A network as its file holds it, on its device: a TorchScript module or an AOTInductor package.
class LoadedNetwork {
  public:
    LoadedNetwork() = default;
    virtual ~LoadedNetwork() = default;
    LoadedNetwork(const LoadedNetwork&) = delete;
    LoadedNetwork& operator=(const LoadedNetwork&) = delete;

    /// What the network gives for `images`, [N,3,H,W] on its device. Several threads may call it at once. Throws what
    /// the network throws.
    virtual c10::IValue run(const at::Tensor& images) = 0;

    /// How photos like `photos`, [N,3,H,W], N > 1, have to be run as far as the operators of the network tell: one by
    /// one where it has products of several rows a photo (has_products_of_photos). Together where nothing is known of
    /// its operators and on a GPU, where a trial decides. Throws what the network throws.
    virtual Batching batching_for(const at::Tensor& photos) = 0;

    /// The frozen module; none for a package, whose operators are compiled.
    virtual const torch::jit::Module* module() const noexcept { return nullptr; }

    /// What the file is, for the log; "" = TorchScript.
    virtual std::string description() const { return ""; }
};

/// Loads a network of either kind, whichever the content of the file is. Throws InputError that names the file, see
/// load_frozen. A file of the other kind of .pt2, an exported program that is not compiled, is refused, and so are
/// packages where LibTorch cannot load them.
std::unique_ptr<LoadedNetwork> load_network(const NetworkFile& file);

}  // namespace semscope::network
