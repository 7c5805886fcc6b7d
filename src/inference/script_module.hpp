#pragma once

#include "semscope/base/digest.hpp"
#include "semscope/inference/device.hpp"
#include "semscope/inference/precision.hpp"

#include <torch/script.h>

#include <filesystem>
#include <string>

/// What all TorchScript networks have in common.
namespace semscope::inference {

/// The Torch device of a Device.
torch::Device torch_device(const Device& device);

/// What the network computes in. Throws UsageError for a precision that the device has not.
at::ScalarType scalar_type(Precision precision, const Device& device);

/// The memory format that convolutions are fastest in.
at::MemoryFormat memory_format(at::ScalarType type, const Device& device);

/// Loads a TorchScript file in evaluation mode and freezes it on its device. TorchScript is code of its author: nothing
/// of a file whose SHA-256 is not the expected one reaches Torch, and what was hashed is what is loaded. Throws
/// InputError that names the file.
torch::jit::Module load_frozen(const std::filesystem::path& path, const ExpectedSha256& sha256, const Device& device,
                               at::ScalarType type);

/// What happened, out of a Torch error: its first line, or the last one when the first announces the interpreter's
/// trace.
std::string gist(std::string message);

}  // namespace semscope::inference
