#pragma once

#include "semscope/core/digest.hpp"
#include "semscope/network/device.hpp"

#include <torch/script.h>

#include <filesystem>
#include <string>

/// TorchScript files and what they are run on.
namespace semscope::network {

/// The Torch device of a Device.
torch::Device torch_device(const Device& device);

/// What the network computes in. Throws UsageError for a precision that the device has not.
at::ScalarType scalar_type(Precision precision, const Device& device);

/// The memory format that convolutions are fastest in.
at::MemoryFormat memory_format(at::ScalarType type, const Device& device);

/// Loads a TorchScript file in evaluation mode and freezes it on its device, with its floating-point tensors in `type`:
/// integers and booleans stay what they are, and so do numbers of double precision beside others. TorchScript is code
/// of its author: nothing of a file whose SHA-256 is not the expected one reaches Torch, and what was hashed is what is
/// loaded. Throws InputError that names the file.
torch::jit::Module load_frozen(const std::filesystem::path& path, const ExpectedSha256& sha256, const Device& device,
                               at::ScalarType type);

/// What happened, out of a Torch error: the exception of the interpreter's trace, else the first line; what is to be
/// done about an operator that LibTorch does not know and about a device that the network names itself.
std::string first_cause(const std::string& message);

}  // namespace semscope::network
