// Products of networks: what they give after make_products_independent.
#include "network/products.hpp"

#include "network/determinism.hpp"
#include "network/torch_device.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/version.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace semscope::network {
namespace {

constexpr std::int64_t photo_count = 5, token_width = 24;

struct Form {
    const char* name;
    std::string body;  ///< from tokens t [N,9,24] to u [N,9,24]

    friend std::ostream& operator<<(std::ostream& out, const Form& form) { return out << form.name; }
};

/// A frozen network on images [N,3,8,27], which it takes for tokens; `w` [24,24], `b` [24], `m` [72,24] and `n` [72]
/// are its weights.
torch::jit::Module network_of(const std::string& body) {
    torch::manual_seed(1);
    torch::jit::Module module("Products");
    module.register_parameter("w", torch::randn({token_width, token_width}) / 4, false);
    module.register_parameter("b", torch::randn({token_width}), false);
    module.register_parameter("m", torch::randn({3 * token_width, token_width}) / 4, false);
    module.register_parameter("n", torch::randn({3 * token_width}), false);
    std::string text =
        "def forward(self, x):\n    w = self.w\n    b = self.b\n    m = self.m\n    n = self.n\n"
        "    t = x.flatten(1).view(x.size(0), 27, 24)[:, :9]\n";
    std::size_t begin = 0;
    for (std::size_t end = body.find('\n'); end != std::string::npos; begin = end + 1, end = body.find('\n', begin))
        text += "    " + body.substr(begin, end - begin + 1);
    module.define(text + "    " + body.substr(begin) + "\n    return u.flatten(1)\n");
    module.eval();
    return torch::jit::freeze(module);
}

at::Tensor run(torch::jit::Module& module, const at::Tensor& images) {
    const torch::InferenceMode inference;
    return module.forward({images}).toTensor();
}

class ProductForms : public testing::TestWithParam<Form> {
  protected:
    void SetUp() override { prepare_cpu(1); }
    void TearDown() override { at::set_num_threads(1); }

    torch::jit::Module plain_ = network_of(GetParam().body);
    torch::jit::Module own_ = network_of(GetParam().body);
    at::Tensor images_ = torch::randn({photo_count, 3, 8, 27});
};

TEST_P(ProductForms, GiveWhatTorchGivesAndAPhotoTheSameBitsInEveryBatch) {
    make_products_independent(own_);
    EXPECT_FALSE(has_products_of_photos(own_, images_));
    const at::Tensor expected = run(plain_, images_), found = run(own_, images_);
    EXPECT_LT((found - expected).abs().max().item<double>(), 1e-5 * expected.abs().max().item<double>());
    for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        EXPECT_TRUE(at::equal(run(own_, images_), found)) << threads << " threads";
        EXPECT_EQ(at::get_num_threads(), threads) << "are there again";
        for (std::int64_t photo = 0; photo < photo_count; ++photo)
            EXPECT_TRUE(at::equal(run(own_, images_.narrow(0, photo, 1)), found.narrow(0, photo, 1)))
                << "photo " << photo << ", " << threads << " threads";
    }
}

std::vector<Form> forms() {
    const std::string heads =
        "q, k, v = torch.chunk(torch.linear(t, m, n).view(-1, 9, 3, 4, 6).permute(2, 0, 3, 1, 4), 3)\n"
        "q, k, v = q[0], k[0], v[0]\n";
    const std::string joined = ".transpose(1, 2).reshape(-1, 9, 24)";
    std::vector<Form> all{
        {"Linear", "u = torch.linear(t, w, b)"},
        {"LinearWithoutBias", "u = torch.linear(t, w)"},
        {"SharedWeight", "u = torch.linear(torch.relu(torch.linear(t, w, b)), w, b)"},
        {"WeightThatIsReadBothWays", "u = torch.matmul(torch.linear(t, w, b), w)"},
        {"WeightThatIsReadOtherwiseToo", "u = torch.linear(t, w, b) * w.sum()"},
        {"OfAnImage", "u = torch.linear(t.view(-1, 3, 3, 24), w, b)"},
        {"Flattened", "u = torch.addmm(b, t.reshape(-1, 24), w).view(-1, 9, 24)"},
        {"TokensFirst", "u = torch.mm(t.transpose(0, 1).reshape(-1, 24), w).view(9, -1, 24).transpose(0, 1)"},
        {"Matmul", "u = torch.matmul(t, w)"},
        {"BatchesOfMatrices", "u = torch.bmm(torch.softmax(torch.bmm(t, t.transpose(1, 2)), -1), t)"},
        {"BatchesByAMatrix", "u = torch.matmul(torch.softmax(torch.matmul(w[:9, :9] * (x.size(1) / 3.), t), -1), w)"},
        {"Heads", heads + "u = torch.matmul(torch.softmax(torch.matmul(q, k.transpose(2, 3)), -1), v)" + joined},
        {"Einsum", heads +
                       "a = torch.einsum('b h i d, b h j d -> b h i j', [q, k])\n"
                       "u = torch.einsum('bhij,bhjd->bhid', [a.softmax(-1), v])" +
                       joined},
        {"NativeAttention", "u = torch._native_multi_head_attention(t, t, t, 24, 4, m, n, w, b, None, False)[0]"}};
    if (TORCH_VERSION_MAJOR >= 2)
        all.push_back({"ScaledAttention", heads + "u = torch.scaled_dot_product_attention(q, k, v)" + joined});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Kinds, ProductForms, testing::ValuesIn(forms()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(OtherProducts, ThatNobodyKnowsAreFound) {
    const at::Tensor images = torch::randn({photo_count, 3, 8, 27});
    for (const char* body :
         {"u = torch.baddbmm(t[:, :, :9], t, t.transpose(1, 2))",
          "u = torch.einsum('nij,njk->nik', [w[:9, :9].unsqueeze(0), t])", "u = torch.einsum('nij,mij->nm', [t, t])",
          "u = torch.matmul(t[:, 0], t[:, 1].t())",
          "u = torch._native_multi_head_attention(t, t, t * 2, 24, 4, m, n, w, b, None, False)[0]"}) {
        torch::jit::Module module = network_of(body);
        make_products_independent(module);
        make_rows_independent(module);
        EXPECT_TRUE(has_products_of_photos(module, images)) << body;
    }
}

TEST(OtherProducts, OfOtherTypesStayAsTheyAre) {
    torch::jit::Module module = network_of("u = torch.linear(t.double(), w.double(), b.double())");
    make_products_independent(module);
    const at::Tensor images = torch::randn({photo_count, 3, 8, 27});
    EXPECT_EQ(run(module, images).scalar_type(), at::kDouble);
}

TEST(OtherProducts, WeightsStandInMemoryOnce) {
    torch::jit::Module module = network_of("u = torch.linear(t, w, b) + torch.linear(t, w)");
    const auto numbers_in = [&] {
        std::int64_t sum = 0;
        for (const torch::jit::Node* node : module.get_method("forward").graph()->nodes())
            if (node->kind() == c10::prim::Constant)
                if (const auto value = torch::jit::toIValue(node->output()); value->isTensor())
                    sum += value->toTensor().numel();
        return sum;
    };
    EXPECT_EQ(numbers_in(), token_width * token_width + token_width);
    make_products_independent(module);
    // 24 columns are two panels of 16.
    EXPECT_EQ(numbers_in(), 32 * token_width + token_width);
}

}  // namespace
}  // namespace semscope::network
