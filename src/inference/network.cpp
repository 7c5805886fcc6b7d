#include "network.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>

#include <string>

namespace semscope::inference {

namespace {

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

}  // namespace

Network::Network(const NetworkOptions& options)
    : options_(options), type_(scalar_type(options.precision, options.device)) {
    format_ = memory_format(type_, options_.device);
    module_ = load_frozen(options_.path, options_.sha256, options_.device, type_);
    optimise();
    try_once();
}

void Network::optimise() {
    try {
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
