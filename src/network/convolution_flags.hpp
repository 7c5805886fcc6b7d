#pragma once

#include <torch/script.h>

namespace semscope::network {

/// Makes every convolution of a frozen module follow this program's arithmetic and not the settings of the Python that
/// exported it: no TensorFloat-32, deterministic algorithms, no search for the fastest one. torch.jit.trace records
/// those settings in the graph as arguments of aten::_convolution, where they beat the global ones of LibTorch. Traced
/// with PyTorch's defaults, an fp32 network would compute in TF32 on a GPU: probabilities move by up to 1e-2.
/// Local. Call once a module is frozen.
void set_convolution_flags(torch::jit::Module& frozen);

}  // namespace semscope::network
