// Networks as their authors export them: every form of output and of tensors gives the same numbers, or is refused.
#include "network/network.hpp"
#include "semscope/core/errors.hpp"
#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace semscope::network {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::ThrowsMessage;

class NetworkForm : public testing::Test {
  protected:
    static constexpr int crop = 8;

    NetworkOptions options(const std::string& body) const {
        testing_support::write_network(path(), body);
        return of_file();
    }
    NetworkOptions of_file() const {
        NetworkOptions made;
        made.path = path();
        made.batch = 4;
        made.crop = crop;
        made.scenes = 3;
        return made;
    }
    std::filesystem::path path() const { return folder_.path() / "model.ts"; }

    /// Photo n is grey of the value n - 1.5; a channel more each.
    static at::Tensor photos() {
        return (at::arange(4, at::kFloat).view({4, 1, 1, 1}) - 1.5 + at::arange(3).view({1, 3, 1, 1}))
            .expand({4, 3, crop, crop})
            .contiguous();
    }
    /// The probabilities when the logits are the means of the channels.
    static void expect_softmax_of_means(const NetworkOptions& options, double factor = 1) {
        const at::Tensor expected = (photos().mean({2, 3}).to(at::kDouble) * factor).softmax(1);
        const at::Tensor given = Network(options).probabilities(photos()).to(at::kDouble);
        EXPECT_LT((given - expected).abs().max().item<double>(), 1e-6);
    }

    /// What the trial says, with the scores of photos() judged.
    static std::vector<Remark> remarks(const NetworkOptions& options) {
        Network network(options);
        network.judge_output(photos());
        return network.remarks();
    }
    /// `body` with model.output = `output`.
    NetworkOptions declared(const std::string& body, ModelOutput output) const {
        NetworkOptions made = options(body);
        made.output = output;
        return made;
    }

    testing_support::TemporaryFolder folder_;
};

TEST_F(NetworkForm, OfOutputDoesNotChangeTheNumbers) {
    const std::string means = "m = x.mean([2, 3])\n";
    for (const char* output :
         {"m", "(m, None)", "(m, x)", "[m, m + 1]", "{\"logits\": m, \"features\": x}", "{\"out\": m}",
          "m.unsqueeze(2).unsqueeze(3)", "m.squeeze(0)", "torch.log_softmax(m, 1)", "m.double()"}) {
        SCOPED_TRACE(output);
        expect_softmax_of_means(options(means + "return " + output));
    }
    expect_softmax_of_means(declared(means + "return torch.softmax(m, 1)", ModelOutput::probabilities));
    expect_softmax_of_means(declared(means + "return torch.log_softmax(m, 1)", ModelOutput::log_probabilities));
}

TEST_F(NetworkForm, OfOutputIsSaid) {
    const auto says = [&](const char* body, const char* words) {
        EXPECT_THAT(remarks(options(body)), Contains(Field(&Remark::text, HasSubstr(words)))) << body;
    };
    says("return (x.mean([2, 3]), None)", "the first tensor of a tuple of 2");
    says("return {\"out\": x.mean([2, 3])}", "\"out\" of a dictionary");
    says("return torch.log_softmax(x.mean([2, 3]), 1)", "log-probabilities");
    says("return torch.sigmoid(x.mean([2, 3]))", "sigmoid");
    EXPECT_THAT(remarks(options("return x.mean([2, 3])")), testing::IsEmpty());
}

TEST_F(NetworkForm, AutoFindsWhatTheNetworkGivesAndSaysIt) {
    const std::string means = "m = x.mean([2, 3])\n";
    const std::vector<std::pair<const char*, ModelOutput>> forms{
        {"m", ModelOutput::logits},
        {"torch.sigmoid(m)", ModelOutput::logits},
        {"torch.log_softmax(m, 1)", ModelOutput::log_probabilities},
        {"torch.softmax(m, 1)", ModelOutput::probabilities}};
    for (const auto& [form, expected] : forms) {
        Network network(declared(means + "return " + form, ModelOutput::automatic));
        network.judge_output(photos());
        EXPECT_EQ(network.output(), expected) << form;
        EXPECT_THAT(network.remarks(),
                    Contains(Field(&Remark::text, HasSubstr("gives " + std::string(name_of(expected))))));
        const at::Tensor logits = photos().mean({2, 3}).to(at::kDouble);
        const at::Tensor probabilities = network.probabilities(photos()).to(at::kDouble);
        const at::Tensor from = std::string(form).find("sigmoid") == std::string::npos ? logits : logits.sigmoid();
        EXPECT_LT((probabilities - from.softmax(1)).abs().max().item<double>(), 1e-6) << form;
    }
}

TEST_F(NetworkForm, OfPhotosCountsAndNotOfNoise) {
    // In 0..1 with the sum 1 for photos that are brighter than noise, whose means are near 0.
    const std::string body =
        "m = x.mean([2, 3])\nreturn torch.where(m.max(1, keepdim=True)[0] > 0.25, torch.softmax(m, 1), m)";
    NetworkOptions made = declared(body, ModelOutput::automatic);
    Network network(made);
    network.judge_output(photos() + 2);
    EXPECT_EQ(network.output(), ModelOutput::probabilities);
    Network noise(made);
    noise.judge_output(noise.noise(4));
    EXPECT_EQ(noise.output(), ModelOutput::logits);
}

TEST_F(NetworkForm, ProbabilitiesOfHalfPrecisionSumToOne) {
    NetworkOptions half = declared("return torch.softmax(x.mean([2, 3]), 1)", ModelOutput::probabilities);
    half.precision = Precision::bf16;
    const at::Tensor sums = Network(half).probabilities(photos()).sum(1);
    EXPECT_LT((sums - 1).abs().max().item<double>(), 1e-6);
}

TEST_F(NetworkForm, OfOutputThatIsNotModelOutputIsRefused) {
    const std::string means = "m = x.mean([2, 3])\nreturn ";
    const auto refuses = [&](const std::string& form, ModelOutput output, const char* remedy) {
        EXPECT_THAT([&] { remarks(declared(means + form, output)); }, ThrowsMessage<InputError>(HasSubstr(remedy)));
    };
    refuses("torch.softmax(m, 1)", ModelOutput::logits, "set model.output = probabilities");
    refuses("torch.softmax(m, 1)", ModelOutput::log_probabilities, "set model.output = probabilities");
    refuses("torch.log_softmax(m, 1)", ModelOutput::probabilities, "set model.output = log-probabilities");
    refuses("torch.sigmoid(m)", ModelOutput::probabilities, "do not sum to 1");
    refuses("m", ModelOutput::probabilities, "set model.output = logits");
    refuses("m", ModelOutput::log_probabilities, "set model.output = logits");
    EXPECT_THAT([&] { Network(options("return {\"scores\": x.mean([2, 3])}")); },
                ThrowsMessage<InputError>(HasSubstr("a dictionary with \"logits\" or \"out\" is expected")));
}

TEST_F(NetworkForm, IntegersBooleansAndDoublesKeepTheirType) {
    torch::jit::Module module("Buffers");
    module.register_buffer("index", torch::tensor({0, 1, 2}, at::kLong));
    module.register_buffer("flags", torch::tensor({true, true, true}));
    module.register_buffer("third", torch::tensor({1.0 / 3}, at::kDouble));
    module.register_parameter("scale", torch::full({1}, 2.0F), false);
    module.define(
        "def forward(self, x):\n"
        "    m = x.mean([2, 3])[:, self.index] * self.scale\n"
        "    whole = torch.div(self.index + 7, 2, rounding_mode=\"floor\")\n"  // 3, 4, 4
        "    exact = (self.third * 3 == 1).float()\n"
        "    return torch.where(self.flags, m * exact, m * 9) + (whole - whole)\n");
    module.save(path().string());
    expect_softmax_of_means(of_file(), 2);
}

TEST_F(NetworkForm, HalfAndDoublePrecisionFilesRunInFloats) {
    for (const at::ScalarType type : {at::kHalf, at::kBFloat16, at::kDouble}) {
        torch::jit::Module module("Weights");
        module.register_parameter("scale", torch::full({1}, 2, type), false);
        module.define("def forward(self, x):\n    return x.mean([2, 3]) * self.scale\n");
        module.save(path().string());
        expect_softmax_of_means(of_file(), 2);
    }
}

TEST_F(NetworkForm, ThatTakesNoChannelsLastRunsOnContiguousPhotos) {
    const NetworkOptions flat = options("return x.view(x.size(0), 3, -1).view(x.size(0), -1)[:, :192:64]");
    const at::Tensor expected = photos().select(2, 0).select(2, 0).to(at::kDouble).softmax(1);
    Network network(flat);
    EXPECT_LT((network.probabilities(photos()) - expected).abs().max().item<double>(), 1e-6);
    const NetworkOptions flat_only = options("return x.view(x.size(0), -1)[:, :192:64]");
    EXPECT_THAT(Network(flat_only).remarks(), Contains(Field(&Remark::text, HasSubstr("contiguous"))));
}

TEST_F(NetworkForm, OfAnotherBatchIsNamed) {
    for (const int batch : {1, 8}) {
        const std::string body = "assert x.size(0) == " + std::to_string(batch) + "\nreturn x.mean([2, 3])";
        EXPECT_THAT([&] { Network(options(body)); },
                    ThrowsMessage<InputError>(HasSubstr("set run.batch = " + std::to_string(batch) + " ")));
    }
}

TEST(FirstCause, SaysWhatHelps) {
    EXPECT_THAT(first_cause("\nUnknown builtin op: torchvision::nms.\nCould not find any similar ops.\n"),
                HasSubstr("does not know the operator torchvision::nms;"));
    const std::string trace =
        "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most recent call "
        "last):\n  File \"<string>\", line 3, in forward\n";
    EXPECT_EQ(first_cause(trace + "RuntimeError: mat1 and mat2 shapes\nException raised from f\nframe #0: g\n"),
              "mat1 and mat2 shapes");
    for (const char* cause : {"Could not run 'aten::empty' with arguments from the 'CUDA' backend.",
                              "Found no NVIDIA driver on your system. Please check"})
        EXPECT_THAT(first_cause(trace + "RuntimeError: " + cause + "\n"), HasSubstr("asks for a GPU by a constant"));
    EXPECT_EQ(first_cause(""), "Torch gives no reason");
}

}  // namespace
}  // namespace semscope::network
