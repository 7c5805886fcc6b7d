#pragma once

#include <torch/script.h>

#include <cstdint>

namespace semscope::demo {

/// The untrained network as a TorchScript module with two methods:
/// `score` maps [N, 3, 56, 56] block averages to [N, scenes] logits and is what training calls;
/// `forward` averages [N, 3, 224, 224] images over blocks and then scores.
///
/// The front-end modules of the C++ library cannot be written as TorchScript. So the network is made as what will be
/// saved: parameters and buffers in a script module, its methods compiled from TorchScript source.
torch::jit::Module make_module(int scenes, std::uint64_t seed);

}  // namespace semscope::demo
