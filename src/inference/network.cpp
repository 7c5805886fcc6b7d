#include "network.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>

#include <string>

namespace semscope::inference {

namespace {

/// Images of the first trial. Few, since it only asks whether the network fits; the library prepares itself for the
/// shape of a batch in the first one, which takes little longer than the others.
constexpr int trial_images = 2;

}  // namespace

Network::Network(const NetworkOptions& options)
    : options_(options), type_(scalar_type(options.precision, options.device)) {
    format_ = memory_format(type_, options_.device);
    module_ = load_frozen(options_.path, options_.sha256, options_.device, type_);
    try_once();
}

at::Tensor Network::run(const at::Tensor& images) {
    const torch::InferenceMode inference;
    return module_.forward({images}).toTensor();
}

void Network::try_once() {
    // A network may be written for one size of batch; then the trial must have that.
    if (options_.batch > trial_images && fits(trial_images).empty()) return;
    if (const std::string fault = fits(options_.batch); !fault.empty())
        throw InputError(fmt::format("{}: {}", options_.path.string(), fault));
}

std::string Network::fits(int images) {
    const auto crop = static_cast<std::int64_t>(options_.crop);
    const at::Tensor zeros =
        torch::zeros({images, 3, crop, crop}, at::TensorOptions().dtype(type_).device(torch_device(options_.device)));
    at::Tensor output;
    try {
        output = run(zeros.contiguous(format_));
    } catch (const std::exception& error) {
        return fmt::format("does not take [{},3,{},{}] or does not give one tensor: {}", images, crop, crop,
                           gist(error.what()));
    }
    if (output.dim() != 2 || output.size(0) != images)
        return fmt::format("gives a tensor of shape {} where [{},C] is expected", c10::str(output.sizes()), images);
    if (output.size(1) != static_cast<std::int64_t>(options_.scenes))
        return fmt::format("the network gives {} scores, but data.scenes lists {} scenes", output.size(1),
                           options_.scenes);
    return "";
}

at::Tensor Network::probabilities(const at::Tensor& images) {
    const torch::InferenceMode inference;
    at::Tensor output;
    try {
        output = run(images.to(type_).contiguous(format_)).to(at::kFloat);
    } catch (const std::exception& error) {
        throw InferenceError(fmt::format("the network failed: {}", gist(error.what())));
    }
    if (output.dim() != 2 || output.size(0) != images.size(0) ||
        output.size(1) != static_cast<std::int64_t>(options_.scenes))
        throw InferenceError(fmt::format("the network gives a tensor of shape {} for a batch of {}",
                                         c10::str(output.sizes()), images.size(0)));
    return options_.output == ModelOutput::logits ? output.softmax(1) : output;
}

}  // namespace semscope::inference
