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

}  // namespace semscope::testing_support
