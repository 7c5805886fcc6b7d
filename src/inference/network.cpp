#include "network.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>

#include <string>

namespace semscope::inference {

namespace {

/// What happened, out of a Torch error: its first line, or the last one when the first announces the interpreter's
/// trace.
std::string gist(std::string message) {
    while (!message.empty() && message.back() == '\n') message.pop_back();
    if (message.starts_with("The following operation failed")) return message.substr(message.rfind('\n') + 1);
    return message.substr(0, message.find('\n'));
}

at::ScalarType scalar_type(Precision precision, const Device& device) {
    if (precision == Precision::fp32) return at::kFloat;
    if (precision == Precision::bf16) return at::kBFloat16;
    if (device.kind == DeviceKind::cpu)
        throw UsageError("run.precision = fp16 needs a GPU; on the CPU there are fp32 and bf16");
    return at::kHalf;
}

/// Nodes of a graph of one kind, those of inner blocks included.
std::size_t count_nodes(at::ArrayRef<const torch::jit::Block*> blocks, const std::string& kind) {
    std::size_t count = 0;
    for (const torch::jit::Block* block : blocks)
        for (const torch::jit::Node* node : block->nodes())
            count += (node->kind().toQualString() == kind ? 1U : 0U) + count_nodes(node->blocks(), kind);
    return count;
}

/// optimize_for_inference keeps activations in oneDNN's own layout and is fastest where that lasts through the network
/// (residual networks: 1.0 to 1.7 times the frozen graph). Where operators in between have no such form (leaky units,
/// concatenations) activations go to and fro for each convolution, and the frozen graph with channels last is faster
/// (SqueezeNet: 2.4 times). Judged from the graph and not by timing, so that it is the same on every rank and run.
bool changes_layout_too_often(const torch::jit::Module& module) {
    const torch::jit::Block* const body = module.get_method("forward").graph()->block();
    return 2 * count_nodes(body, "aten::to_dense") > count_nodes(body, "prim::mkldnn_convolution");
}

/// The same numbers on every run: no search for the fastest algorithm, no reduced precision behind fp32.
void ask_for_reproducible_arithmetic() {
    at::globalContext().setBenchmarkCuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
    at::globalContext().setAllowTF32CuBLAS(false);
    at::globalContext().setAllowTF32CuDNN(false);
}

}  // namespace

torch::Device torch_device(const Device& device) {
    if (device.kind == DeviceKind::cpu) return {torch::kCPU};
    return {torch::kCUDA, static_cast<c10::DeviceIndex>(device.index)};
}

Network::Network(const NetworkOptions& options)
    : options_(options), type_(scalar_type(options.precision, options.device)) {
    ask_for_reproducible_arithmetic();
    const bool half = type_ != at::kFloat;
    if (half || options.device.kind == DeviceKind::cpu) format_ = at::MemoryFormat::ChannelsLast;
    load();
    optimise();
    try_once();
}

void Network::load() {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(options_.path, ignored))
        throw InputError(fmt::format("{}: there is no such model file (model.path)", options_.path.string()));
    try {
        module_ = torch::jit::load(options_.path.string(), torch_device(options_.device));
    } catch (const std::exception& error) {
        throw InputError(
            fmt::format("{}: cannot be loaded as TorchScript: {}", options_.path.string(), gist(error.what())));
    }
}

void Network::optimise() {
    try {
        module_.eval();
        module_.to(torch_device(options_.device), type_);
        module_ = torch::jit::freeze(module_);
        if (options_.device.kind == DeviceKind::cpu && type_ == at::kFloat) {
            // On a copy: the pass changes the module that it is given.
            torch::jit::Module optimised = module_.clone();
            optimised = torch::jit::optimize_for_inference(optimised);
            if (!changes_layout_too_often(optimised)) module_ = optimised;
        }
    } catch (const std::exception& error) {
        throw InputError(
            fmt::format("{}: cannot be prepared for inference: {}", options_.path.string(), gist(error.what())));
    }
}

at::Tensor Network::run(const at::Tensor& images) {
    const torch::InferenceMode inference;
    return module_.forward({images}).toTensor();
}

void Network::try_once() {
    const auto crop = static_cast<std::int64_t>(options_.crop);
    const at::Tensor zeros = torch::zeros({options_.batch, 3, crop, crop},
                                          at::TensorOptions().dtype(type_).device(torch_device(options_.device)));
    at::Tensor output;
    try {
        output = run(zeros.contiguous(format_));
    } catch (const std::exception& error) {
        throw InputError(fmt::format("{}: does not take [{},3,{},{}] or does not give one tensor: {}",
                                     options_.path.string(), options_.batch, crop, crop, gist(error.what())));
    }
    if (output.dim() != 2 || output.size(0) != options_.batch)
        throw InputError(fmt::format("{}: gives a tensor of shape {} where [{},C] is expected", options_.path.string(),
                                     c10::str(output.sizes()), options_.batch));
    if (output.size(1) != static_cast<std::int64_t>(options_.scenes))
        throw InputError(fmt::format("{}: the network gives {} scores, but data.scenes lists {} scenes",
                                     options_.path.string(), output.size(1), options_.scenes));
}

at::Tensor Network::probabilities(const at::Tensor& images) {
    const torch::InferenceMode inference;
    at::Tensor output;
    try {
        output = run(images.to(type_).contiguous(format_)).to(at::kFloat);
    } catch (const std::exception& error) {
        throw InferenceError(fmt::format("the network failed: {}", gist(error.what())));
    }
    return options_.output == ModelOutput::logits ? output.softmax(1) : output;
}

}  // namespace semscope::inference
