#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::testing_support {

/// Weights of the linear network, [C][R,G,B].
using LinearWeights = std::vector<std::array<float, 3>>;

/// Writes a TorchScript network whose response can be written down: logits = weights x (mean over the pixels of each
/// channel of its input).
void write_linear_network(const std::filesystem::path& path, const LinearWeights& weights);

/// Writes a TorchScript network with the given lines as the body of forward(self, x), for instance
/// "return x.mean([2, 3])".
void write_network(const std::filesystem::path& path, const std::string& body);

/// Writes a TorchScript network with this code of its methods. In training mode it is what Module.save gives where
/// eval() was not called before.
enum class Mode { evaluation, training };
void write_methods(const std::filesystem::path& path, const std::string& code, Mode mode = Mode::evaluation);

/// Writes what torch.save writes of a state_dict: tensors without code.
void write_weights_alone(const std::filesystem::path& path);

}  // namespace semscope::testing_support
