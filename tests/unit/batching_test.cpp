#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include "network/batching.hpp"
#include "network/determinism.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"
#include "semscope/network/occluder.hpp"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/script.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace semscope::network {
namespace {

class BatchInvariance : public testing::Test {
  protected:
    static constexpr int crop = 24;
    static constexpr std::size_t scenes = 5;

    static std::shared_ptr<const Sample> sample(std::uint32_t image) {
        auto made = std::make_shared<Sample>();
        made->image = image;
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(crop * crop); ++i) {
            const auto bits = philox4x32({i, image, 0, 0}, {0, 0});
            for (std::size_t c = 0; c < 3; ++c) made->rgb.push_back(static_cast<std::uint8_t>(bits[c]));
            made->labels.push_back(1);
        }
        return made;
    }

    NetworkOptions network(const std::string& body, int batch, int threads = 1) const {
        NetworkOptions options;
        options.path = folder_.path() / "model.ts";
        options.batch = batch;
        options.threads = threads;
        options.crop = crop;
        options.scenes = scenes;
        testing_support::write_network(options.path, body);
        return options;
    }

    /// The scores of image 0 at each place of a batch that is otherwise full of others.
    static std::vector<std::vector<float>> at_each_place(const NetworkOptions& options) {
        Occluder occluder(options, {});
        std::vector<std::vector<float>> rows;
        for (int slot = 0; slot < options.batch; ++slot) occluder.load(slot, sample(static_cast<std::uint32_t>(slot)));
        for (int place = 0; place < options.batch; ++place) {
            std::vector<Forward> forwards;
            for (int i = 0; i < options.batch; ++i)
                forwards.push_back({(i + options.batch - place) % options.batch, 0});
            std::vector<float> all(forwards.size() * scenes);
            occluder.assemble(forwards);
            occluder.forward(all);
            const auto begin = all.begin() + static_cast<std::ptrdiff_t>(scenes) * place;
            rows.emplace_back(begin, begin + scenes);
        }
        return rows;
    }

    testing_support::TemporaryFolder folder_;
};

// 9 patches of 8x8 pixels as tokens of 192 numbers.
const std::string tokens =
    "t = x.unfold(2, 8, 8).unfold(3, 8, 8).permute(0, 2, 3, 1, 4, 5).reshape(x.size(0), 9, 192)\n"
    "w = torch.sin(torch.linspace(0, 999, 192 * 96)).reshape(96, 192)\n"
    "v = torch.cos(torch.linspace(0, 99, 96 * 96)).reshape(96, 96)\n"
    "u = torch.cos(torch.linspace(0, 9, 5 * 96)).reshape(5, 96)\n"
    "t = torch.matmul(t, w.t())\n";

const std::string head = "return torch.matmul(t.mean(1), u.t())";

class Products : public BatchInvariance, public testing::WithParamInterface<std::pair<const char*, std::string>> {};

TEST_P(Products, OfTokensGiveAPhotoTheSameBitsWhateverItsPlaceBatchAndThreads) {
    const std::string body = tokens + GetParam().second + head;
    const auto expected = at_each_place(network(body, 7)).front();
    for (const int batch : {1, 7, 16, 33})
        for (const int threads : {1, 2})
            for (const auto& scores : at_each_place(network(body, batch, threads)))
                ASSERT_EQ(scores, expected) << "batch " << batch << ", " << threads << " threads";
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Products,
    testing::Values(
        std::pair{"Mlp", std::string("t = torch.relu(torch.matmul(t, v))\n")},
        std::pair{"Attention", std::string("q = torch.matmul(t, v)\n"
                                           "a = torch.softmax(torch.matmul(q, t.transpose(1, 2)) / 10., -1)\n"
                                           "t = torch.matmul(a, t)\n")},
        std::pair{"BatchesOfMatrices", std::string("a = torch.softmax(torch.bmm(t, t.transpose(1, 2)) / 10., -1)\n"
                                                   "t = torch.bmm(a, t)\n")},
        std::pair{"TokensFirst", std::string("s = t.transpose(0, 1).contiguous().view(-1, 96)\n"
                                             "s = torch.relu(torch.mm(s, v))\n"
                                             "t = s.view(9, -1, 96).transpose(0, 1)\n")}),
    [](const auto& parameter) { return std::string(parameter.param.first); });

TEST_F(BatchInvariance, WeightsLargerThanACacheGiveAPhotoTheSameSumsInAnyBatch) {
    torch::manual_seed(0);
    const std::int64_t inputs = 2048, outputs = 5 * 128 + 3;  // 128 outputs are 1 MiB
    torch::jit::Module module("Linear");
    module.register_parameter("w", torch::randn({outputs, inputs}), false);
    module.register_parameter("b", torch::randn({outputs}), false);
    module.define("def forward(self, x):\n    return torch.matmul(x, self.w.t()) + self.b\n");
    module.eval();
    const at::Tensor weight = module.attr("w").toTensor(), bias = module.attr("b").toTensor();
    torch::jit::Module frozen = torch::jit::freeze(module);
    make_rows_independent(frozen);
    const torch::InferenceMode inference;
    const at::Tensor photos = torch::randn({7, inputs});
    const at::Tensor scores = frozen.forward({photos}).toTensor();
    const at::Tensor exact = at::linear(photos.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble));
    EXPECT_LT((scores.to(at::kDouble) - exact).abs().max().item<double>(), 1e-5 * exact.abs().max().item<double>());
    for (std::int64_t photo = 0; photo < photos.size(0); ++photo)
        EXPECT_TRUE(at::equal(frozen.forward({photos.narrow(0, photo, 1)}).toTensor(), scores.narrow(0, photo, 1)))
            << "photo " << photo;
    EXPECT_EQ(frozen.forward({photos.narrow(0, 0, 0)}).toTensor().size(1), outputs) << "of no photo";
}

TEST_F(BatchInvariance, PointwiseConvolutionsRoundAlikeWithAnyNumberOfThreads) {
    const std::string traced = "None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, False, False, True, True)";
    for (const std::string& convolutions :
         {std::string("torch.conv2d(torch.relu(torch.conv2d(x, self.w)), self.v)"),
          "torch._convolution(torch.relu(torch._convolution(x, self.w, " + traced + "), self.v, " + traced}) {
        torch::manual_seed(0);
        torch::jit::Module module("Pointwise");
        module.register_parameter("w", torch::randn({64, 3, 1, 1}), false);
        module.register_parameter("v", torch::randn({160, 64, 1, 1}), false);
        module.register_parameter("u", torch::randn({scenes, 160}), false);
        module.define("def forward(self, x):\n    return torch.matmul((" + convolutions +
                      ").mean([2, 3]), self.u.t()) / 10\n");
        for (const int batch : {1, 4}) {
            NetworkOptions one = network("return x", batch, 1);
            module.save(one.path.string());
            NetworkOptions two = one;
            two.threads = 2;
            EXPECT_EQ(at_each_place(two), at_each_place(one)) << batch << convolutions;
            EXPECT_TRUE(Occluder(two, {}).remarks().empty());
        }
    }
}

// On two threads oneDNN summed a convolution of EfficientNet-B3 otherwise.
TEST_F(BatchInvariance, APhotoThatRunsByItselfIsPlannedForOneThread) {
    const at::Tensor photos = torch::zeros({4, 3, 8, 8});
    std::atomic<int> most = 0;
    const NetworkRun network = [&](const at::Tensor& images) {
        most = std::max(most.load(), at::get_num_threads());
        return c10::IValue(images);
    };
    const OutputOf output = [](const c10::IValue& value, std::int64_t) { return value.toTensor(); };
    const int before = at::get_num_threads();
    for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        EXPECT_EQ(run_network(network, photos, Batching::one_by_one, output).size(0), 4);
        EXPECT_EQ(most, 1) << threads << " threads";
        EXPECT_EQ(at::get_num_threads(), threads) << "are there again";
    }
    at::set_num_threads(before);
}

void expect_refused(const NetworkOptions& options, const std::string& words) {
    try {
        Occluder(options, {});
        ADD_FAILURE() << "was accepted";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(words));
    }
}

TEST_F(BatchInvariance, NetworksOfWholeBatchesAreRefused) {
    const std::string means = "m = torch.cat([x.mean([2, 3]), x.amax([2, 3])[:, :2]], 1)\n";
    for (const char* body : {"return (m - m.mean(0)) / (m.std(0) + 0.1)", "return torch.softmax(m, 0)",
                             "return m + m[0] - m[x.size(0) - 1]"})
        expect_refused(network(means + body, 4), "depend on the other photos of its batch");
}

TEST_F(BatchInvariance, IsRecordedWhereOnlyThatIsAskedFor) {
    const std::string means = "m = torch.cat([x.mean([2, 3]), x.amax([2, 3])[:, :2]], 1)\n";
    auto options = network(means + "return m * (1 + torch.arange(x.size(0)).reshape(-1, 1) * 1e-5)", 4);
    const auto apart = at_each_place(options);
    EXPECT_EQ(apart.front(), apart.back()) << "one by one";
    options.batch_invariance = semscope::BatchInvariance::record;
    EXPECT_FALSE(Occluder(options, {}).invariance().batch);
    const auto together = at_each_place(options);
    EXPECT_NE(together.front(), together.back());
    EXPECT_TRUE(Occluder(network(means + "return m", 4), {}).invariance().batch);
    options = network(means + "return m + m.mean(0)", 4);
    options.batch_invariance = semscope::BatchInvariance::record;
    expect_refused(options, "depend on the other photos of its batch");
}

TEST_F(BatchInvariance, NetworksThatGiveOtherScoresEachTimeAreRefused) {
    const std::string means = "m = torch.cat([x.mean([2, 3]), x.amax([2, 3])[:, :2]], 1)\n";
    expect_refused(network(means + "return m + torch.rand_like(m)", 4), "other scores each time");
    expect_refused(network(means + "return m + torch.rand_like(m) * 1e-5", 4), "other scores each time");
    expect_refused(network(means + "return m + torch.rand_like(m)", 1), "other scores each time");
}

TEST_F(BatchInvariance, TheFirstBatchHasTheBitsOfTheLaterOnes) {
    const NetworkOptions options =
        network("return torch.cat([x.mean([2, 3]).sin().exp().tanh(), x.amax([2, 3])[:, :2]], 1)", 4);
    const auto first = at_each_place(options);
    for (const auto& scores : first) EXPECT_EQ(scores, first.front());
}

}  // namespace
}  // namespace semscope::network
