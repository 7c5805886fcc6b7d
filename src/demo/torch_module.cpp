#include "torch_module.hpp"

#include "miniature.hpp"
#include "semscope/demo/random_stream.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <numbers>
#include <string>
#include <vector>

namespace semscope::demo {
namespace {

/// Registers weights and collects the source of the method that uses them.
class Builder {
  public:
    explicit Builder(std::uint64_t seed) : module_("SceneNetwork"), random_(seed, Purpose::weights) {
        module_.register_attribute("training", c10::BoolType::get(), true);
    }

    /// `to = batch_norm(conv2d(from))`, 3x3 or 1x1.
    void convolution(const std::string& name, const std::string& to, const std::string& from, int in, int out,
                     int kernel, int stride) {
        const float deviation = std::sqrt(2.0F / static_cast<float>(in * kernel * kernel));
        parameter(name + "_weight", normal({out, in, kernel, kernel}, deviation));
        parameter(name + "_scale", torch::ones({out}));
        parameter(name + "_shift", torch::zeros({out}));
        module_.register_buffer(name + "_mean", torch::zeros({out}));
        module_.register_buffer(name + "_variance", torch::ones({out}));
        line("{0} = torch.conv2d({1}, self.{2}_weight, None, [{3}, {3}], [{4}, {4}])", to, from, name, stride,
             kernel / 2);
        line(
            "{0} = torch.batch_norm({0}, self.{1}_scale, self.{1}_shift, self.{1}_mean, self.{1}_variance, "
            "self.training, "
            "0.1, 1e-5, True)",
            to, name);
    }

    /// Two convolutions around which the input is passed by.
    void residual(const std::string& name, int in, int out, int stride) {
        convolution(name + "_pass", "p", "x", in, out, 1, stride);
        convolution(name + "_first", "y", "x", in, out, 3, stride);
        line("y = torch.relu(y)");
        convolution(name + "_second", "y", "y", out, out, 3, 1);
        line("x = torch.relu(y + p)");
    }

    void linear(const std::string& name, int in, int out) {
        parameter(name + "_weight", normal({out, in}, 0.5F / std::sqrt(static_cast<float>(in))));
        parameter(name + "_bias", torch::zeros({out}));
        line("x = torch.matmul(x, self.{0}_weight.t()) + self.{0}_bias", name);
    }

    template <class... Values>
    void line(fmt::format_string<Values...> text, Values&&... values) {
        source_ += "    " + fmt::format(text, std::forward<Values>(values)...) + "\n";
    }

    /// Compiles the collected lines as the body of a method of `x`.
    void method(const std::string& name) {
        module_.define("def " + name + "(self, x):\n" + source_ + "    return x\n");
        source_.clear();
    }

    torch::jit::Module module() const { return module_; }

  private:
    void parameter(const std::string& name, const torch::Tensor& value) {
        module_.register_parameter(name, value.set_requires_grad(true), false);
    }

    torch::Tensor normal(const std::vector<std::int64_t>& shape, float deviation) {
        torch::Tensor values = torch::empty(shape);
        float* data = values.data_ptr<float>();
        for (std::int64_t i = 0; i < values.numel(); ++i) {  // Box-Muller
            const float radius = std::sqrt(-2.0F * std::log(1.0F - random_.unit()));
            data[i] = deviation * radius * std::cos(2.0F * std::numbers::pi_v<float> * random_.unit());
        }
        return values;
    }

    torch::jit::Module module_;
    RandomStream random_;
    std::string source_;
};

}  // namespace

torch::jit::Module make_module(int scenes, std::uint64_t seed) {
    constexpr int narrow = 16, middle = 32, wide = 64, widest = 96;
    Builder builder(seed);
    builder.convolution("stem", "x", "x", 3, narrow, 3, 1);
    builder.line("x = torch.max_pool2d(torch.relu(x), [2, 2])");
    builder.residual("block1", narrow, middle, 1);
    builder.residual("block2", middle, wide, 2);
    builder.residual("block3", wide, widest, 2);
    // The mean tells how much of the picture an object fills, the maximum that it is there at all.
    builder.line("x = torch.cat([torch.mean(x, [2, 3]), torch.amax(x, [2, 3])], 1)");
    builder.linear("head", 2 * widest, scenes);
    builder.method("score");
    builder.line("x = self.score(torch.avg_pool2d(x, [{0}, {0}]))", block);
    builder.method("forward");
    return builder.module();
}

}  // namespace semscope::demo
