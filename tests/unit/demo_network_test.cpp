// The saved file, read as semscope's inference and other programs read it.
#include "semscope/demo/network.hpp"

#include <gtest/gtest.h>
#include <torch/script.h>
#include <unistd.h>

#include <filesystem>

namespace semscope::demo {
namespace {

TEST(DemoNetwork, IsSavedAsTorchScriptInEvaluationMode) {
    TrainingOptions options;
    options.images_per_scene = 3;
    options.epochs = 1;
    options.threads = 1;
    const auto path =
        std::filesystem::temp_directory_path() / ("semscope_demo_network_" + std::to_string(getpid()) + ".ts");
    Network::train(options, [](const std::string&) {}).save(path);
    const torch::NoGradGuard no_gradients;
    torch::jit::Module module = torch::jit::load(path.string());
    std::filesystem::remove(path);

    EXPECT_FALSE(module.is_training());
    const torch::Tensor images = torch::linspace(-2.0, 2.0, 3 * 3 * 224 * 224).reshape({3, 3, 224, 224});
    const torch::Tensor logits = module.forward({images}).toTensor();
    EXPECT_EQ(logits.sizes(), (torch::IntArrayRef{3, scene_count}));
    EXPECT_TRUE(torch::isfinite(logits).all().item<bool>());
    // In evaluation mode an image's logits do not depend on the others in its batch.
    const torch::Tensor alone = module.forward({images.slice(0, 1, 2)}).toTensor();
    EXPECT_TRUE(torch::allclose(alone[0], logits[1], 1e-4, 1e-5));
}

}  // namespace
}  // namespace semscope::demo
