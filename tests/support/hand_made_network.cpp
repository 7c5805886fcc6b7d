#include "support/hand_made_network.hpp"

#include <torch/csrc/jit/serialization/pickle.h>
#include <torch/script.h>

#include <fstream>
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
    std::string code = "def forward(self, x):\n";
    std::istringstream lines(body);
    for (std::string line; std::getline(lines, line);) code += "    " + line + "\n";
    write_methods(path, code);
}

void write_methods(const std::filesystem::path& path, const std::string& code, Mode mode) {
    torch::jit::Module module("Network");
    if (mode == Mode::training) module.register_attribute("training", c10::BoolType::get(), true);
    module.define(code);
    module.save(path.string());
}

void write_weights_alone(const std::filesystem::path& path) {
    c10::Dict<std::string, at::Tensor> weights;
    weights.insert("fc.weight", torch::ones({3, 3}));
    const auto bytes = torch::jit::pickle_save(c10::IValue(weights));
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace semscope::testing_support
