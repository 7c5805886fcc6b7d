#include "support/hand_made_network.hpp"

#include <torch/script.h>

#include <sstream>

namespace semscope::testing_support {

void write_linear_network(const std::filesystem::path& path, const LinearWeights& weights) {
    torch::jit::Module module("LinearNetwork");
    at::Tensor matrix = torch::zeros({static_cast<std::int64_t>(weights.size()), 3});
    for (std::size_t row = 0; row < weights.size(); ++row)
        for (std::size_t channel = 0; channel < 3; ++channel)
            matrix[static_cast<std::int64_t>(row)][static_cast<std::int64_t>(channel)] = weights[row][channel];
    module.register_parameter("weights", matrix, false);
    module.define("def forward(self, x):\n    return torch.matmul(x.mean([2, 3]), self.weights.t())\n");
    module.save(path.string());
}

void write_network(const std::filesystem::path& path, const std::string& body) {
    torch::jit::Module module("Network");
    std::string code = "def forward(self, x):\n";
    std::istringstream lines(body);
    for (std::string line; std::getline(lines, line);) code += "    " + line + "\n";
    module.define(code);
    module.save(path.string());
}

}  // namespace semscope::testing_support
