#include "module_file.hpp"

#include "determinism.hpp"
#include "semscope/core/errors.hpp"
#include "torch_device.hpp"

#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/version.h>

#include <fstream>
#include <new>
#include <sstream>
#include <string_view>
#include <utility>

namespace semscope::network {

namespace {

/// How Torch begins to say that a network has an operator of another library or version.
constexpr std::string_view unknown_operator = "Unknown builtin op: ";

/// The type that a parameter or buffer of a network takes. Networks that are double throughout are converted like
/// others; a few numbers of double precision in one of floats were asked for by its author.
at::ScalarType converted_type(const at::Tensor& tensor, at::ScalarType type, bool all_double) {
    if (!tensor.is_floating_point()) return tensor.scalar_type();
    return tensor.scalar_type() == at::kDouble && !all_double ? at::kDouble : type;
}

/// As Module::to(device, type), which would make floats of integers and booleans too.
void move_to(torch::jit::Module& module, torch::Device device, at::ScalarType type) {
    const torch::NoGradGuard no_gradients;
    module.to(device);
    bool all_double = module.parameters().size() > 0;
    for (const at::Tensor& tensor : module.parameters()) all_double = all_double && tensor.scalar_type() == at::kDouble;
    const auto convert = [&](at::Tensor tensor) {
        const at::ScalarType wanted = converted_type(tensor, type, all_double);
        if (tensor.scalar_type() != wanted) tensor.set_data(tensor.to(wanted));
    };
    for (const at::Tensor& tensor : module.parameters()) convert(tensor);
    for (const at::Tensor& tensor : module.buffers()) convert(tensor);
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

std::string read_verified(const NetworkFile& network) {
    const std::filesystem::path& path = network.path;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        throw InputError(fmt::format("{}: there is no such model file", path.string()));
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    std::string bytes(error ? 0 : size, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (error || !file) throw InputError(fmt::format("{}: the model file cannot be read", path.string()));
    if (!network.sha256.hex.empty()) require_sha256(path, sha256_of_text(bytes), network.sha256);
    return bytes;
}

torch::jit::Module load_frozen(const NetworkFile& network, std::string bytes) {
    const std::filesystem::path& path = network.path;
    const torch::Device device = torch_device(network.device);
    torch::jit::Module module;
    try {
        std::istringstream file(std::move(bytes));  // goes before weights are copied again
        module = torch::jit::load(file, device);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        const bool loadable = std::string_view(error.what()).find(unknown_operator) != std::string_view::npos;
        throw InputError(fmt::format("{}: cannot be loaded{}: {}", path.string(),
                                     loadable
                                         ? ""
                                         : " as TorchScript (what torch.jit.trace or torch.jit.script gives; weights "
                                           "alone are none)",
                                     first_cause(error.what())));
    }
    release_memory();
    try {
        module.eval();
        move_to(module, device, network.type);
        module = torch::jit::freeze(module);
        set_convolution_flags(module);
        return module;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        throw InputError(
            fmt::format("{}: cannot be prepared for inference: {}", path.string(), first_cause(error.what())));
    }
}

namespace {

/// The text from `word` to the end of its line.
std::string line_from(const std::string& message, std::size_t at) {
    return message.substr(at, message.find('\n', at) - at);
}

/// The line of the exception in an interpreter's trace, "RuntimeError: ..."; "" without one.
std::string exception_line(const std::string& message) {
    for (std::size_t end = message.size(); end != std::string::npos && end > 0;) {
        const std::size_t before = message.rfind('\n', end - 1);
        const std::size_t start = before == std::string::npos ? 0 : before + 1;
        const std::string line = line_from(message, start);
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos && line.substr(0, colon).ends_with("Error")) return line.substr(colon + 2);
        end = before;
    }
    return "";
}

}  // namespace

std::string first_cause(const std::string& message) {
    if (const std::size_t at = message.find(unknown_operator); at != std::string::npos) {
        std::string name = line_from(message, at + unknown_operator.size());
        if (name.ends_with('.')) name.pop_back();
        return fmt::format(
            "LibTorch {} does not know the operator {}; export the network without it, or build with the "
            "LibTorch (and its extensions) that it was made with",
            TORCH_VERSION, name);
    }
    // Of a LibTorch without CUDA, of one with CUDA where there is no driver, and where there is no GPU.
    for (const char* sign : {"'CUDA' backend", "initialize CUDA", "no NVIDIA driver", "No CUDA GPUs are available"})
        if (message.find(sign) != std::string::npos)
            return "the network asks for a GPU by a constant in its code, and none is used here; trace or script it "
                   "on the CPU, or write x.device in place of the constant";
    if (const std::string line = exception_line(message); !line.empty()) return line;
    const std::size_t start = message.find_first_not_of(" \n");
    return start == std::string::npos ? "Torch gives no reason" : line_from(message, start);
}

}  // namespace semscope::network
