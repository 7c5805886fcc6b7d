#pragma once

#include "semscope/core/digest.hpp"
#include "semscope/network/device.hpp"

#include <torch/script.h>

#include <filesystem>
#include <string>

/// Files of networks and what they are run on.
namespace semscope::network {

/// The Torch device of a Device.
torch::Device torch_device(const Device& device);

/// What the network computes in. Throws UsageError for a precision that the device has not.
at::ScalarType scalar_type(Precision precision, const Device& device);

/// The memory format that convolutions are fastest in.
at::MemoryFormat memory_format(at::ScalarType type, const Device& device);

/// A file with a network, and what it is loaded for.
struct NetworkFile {
    std::filesystem::path path;
    ExpectedSha256 sha256 = {};  ///< that it must have to be loaded
    Device device = {};
    at::ScalarType type = at::kFloat;
    int threads = 1;  ///< that run photos one by one side by side
};

/// The bytes of the file, read once, so that they cannot change between the check and the use. Throws InputError that
/// names the file where it cannot be read or has not the expected SHA-256.
std::string read_verified(const NetworkFile& file);

/// Loads TorchScript in evaluation mode and freezes it on its device, with its floating-point tensors in the type:
/// integers and booleans stay what they are, and so do numbers of double precision beside others. TorchScript is code
/// of its author: nothing of a file whose SHA-256 is not the expected one reaches Torch, and what was hashed is what is
/// loaded. `bytes`: read_verified. Throws InputError that names the file.
torch::jit::Module load_frozen(const NetworkFile& file, std::string bytes);

/// What happened, out of a Torch error: the exception of the interpreter's trace, else the first line; what is to be
/// done about an operator that LibTorch does not know and about a device that the network names itself.
std::string first_cause(const std::string& message);

}  // namespace semscope::network
