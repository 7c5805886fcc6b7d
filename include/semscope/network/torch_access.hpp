#pragma once

#include "semscope/network/occluder.hpp"

#include <torch/script.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

/// What modules that use Torch themselves may see of an Occluder.
namespace semscope::network {

/// What forwards of one photo show of the classes in it.
struct ShownClasses {
    std::vector<std::size_t> pixels;                ///< of each class
    std::vector<std::vector<std::uint32_t>> shown;  ///< [forward][class]: 0 = the photo, else a number of its filling
};

/// The network and the photos behind an Occluder, which must outlive this. All calls are local.
class TorchAccess {
  public:
    /// The occluder must have a network (LibraryError).
    explicit TorchAccess(Occluder& occluder);

    const NetworkOptions& options() const;

    /// The frozen network, which must not be changed; none where it is an AOTInductor package.
    const torch::jit::Module* module() const;

    /// Runs a module, the network or a part of it, on [batch,...] as the network is run: in one batch or one by one.
    /// Returns scores, float32 [batch,C]. Throws InferenceError.
    at::Tensor scores(torch::jit::Module& part, const at::Tensor& batch) const;

    /// What scores [n,C] are as probabilities, by model.output.
    at::Tensor probabilities(const at::Tensor& scores) const;

    torch::Device device() const;

    /// Waits for all that was queued on a GPU. Throws InferenceError.
    void wait_for_device() const;

    /// Does `work` on the device; what Torch throws becomes an InferenceError, as when the network runs.
    void tell_failures(const std::function<void()>& work) const;

    /// The variants of `forwards`, any number of them, [forwards,crop,crop,3], normalised, on the device. Throws
    /// InferenceError.
    at::Tensor assemble(std::span<const Forward> forwards) const;

    /// The photo in a slot, normalised: [crop,crop,3]. On the CPU only.
    const float* photo(int slot) const;

    /// What forwards of one photo show of its classes.
    ShownClasses shown_classes(std::span<const Forward> forwards) const;

    /// Says of each pixel whether a forward has another one than `base`, a forward of the same photo, [crop,crop]: 1,
    /// else 0; and writes its own ones of these to `to`, [n,3], line by line. Returns n. On the CPU only. Thread-safe
    /// beside itself.
    std::size_t find_changes(const Forward& forward, const Forward& base, std::uint8_t* dirty, float* to) const;

  private:
    Occluder::State& state_;
};

}  // namespace semscope::network
