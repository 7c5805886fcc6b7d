#include "script_module.hpp"

#include "row_products.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace semscope::inference {

namespace {

/// The same numbers on every run: no search for the fastest algorithm, no reduced precision behind fp32.
void ask_for_reproducible_arithmetic() {
    at::globalContext().setBenchmarkCuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
    at::globalContext().setAllowTF32CuBLAS(false);
    at::globalContext().setAllowTF32CuDNN(false);
}

/// The bytes of the file, read once, so that they cannot change between the check and the use.
std::string read_verified(const std::filesystem::path& path, const ExpectedSha256& sha256) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        throw InputError(fmt::format("{}: there is no such model file", path.string()));
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    std::string bytes(error ? 0 : size, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (error || !file) throw InputError(fmt::format("{}: the model file cannot be read", path.string()));
    if (!sha256.hex.empty()) require_sha256(path, sha256_of_text(bytes), sha256);
    return bytes;
}

}  // namespace

torch::Device torch_device(const Device& device) {
    if (device.kind == DeviceKind::cpu) return {torch::kCPU};
    return {torch::kCUDA, static_cast<c10::DeviceIndex>(device.index)};
}

at::ScalarType scalar_type(Precision precision, const Device& device) {
    if (precision == Precision::fp32) return at::kFloat;
    if (precision == Precision::bf16) return at::kBFloat16;
    if (device.kind == DeviceKind::cpu)
        throw UsageError("run.precision = fp16 needs a GPU; on the CPU there are fp32 and bf16");
    return at::kHalf;
}

at::MemoryFormat memory_format(at::ScalarType type, const Device& device) {
    const bool last = type != at::kFloat || device.kind == DeviceKind::cpu;
    return last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

torch::jit::Module load_frozen(const std::filesystem::path& path, const ExpectedSha256& sha256, const Device& device,
                               at::ScalarType type) {
    ask_for_reproducible_arithmetic();
    std::istringstream file(read_verified(path, sha256));
    torch::jit::Module module;
    try {
        module = torch::jit::load(file, torch_device(device));
    } catch (const std::exception& error) {
        throw InputError(
            fmt::format("{}: cannot be loaded as TorchScript (what torch.jit.trace or torch.jit.script gives; weights "
                        "alone are none): {}",
                        path.string(), gist(error.what())));
    }
    try {
        module.eval();
        module.to(torch_device(device), type);
        module = torch::jit::freeze(module);
        // Not on a GPU, whose library launches thousands of rows at once and not one after the other.
        if (device.kind == DeviceKind::cpu) make_rows_independent(module);
        return module;
    } catch (const std::exception& error) {
        throw InputError(fmt::format("{}: cannot be prepared for inference: {}", path.string(), gist(error.what())));
    }
}

std::string gist(std::string message) {
    while (!message.empty() && message.back() == '\n') message.pop_back();
    if (message.starts_with("The following operation failed")) return message.substr(message.rfind('\n') + 1);
    return message.substr(0, message.find('\n'));
}

}  // namespace semscope::inference
