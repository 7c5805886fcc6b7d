// Each operator that incremental inference takes, against the network itself.
#include "incremental_fixture.hpp"

namespace semscope::incremental {
namespace {

TEST_F(IncrementalTest, ConvolutionsOfEveryFormGiveWhatTheNetworkGives) {
    const auto second = [](const std::string& w, const std::string& arguments, int channels = 24) {
        return network_of(first_layer() + w + "h = torch.conv2d(h, v" + arguments + ")", channels);
    };
    expect_same(second(weights("v", 24, 20, 1, 1), ""));
    expect_same(second(weights("v", 24, 20, 3, 3), ", None, [1, 1], [1, 1]"));
    expect_same(second(weights("v", 24, 20, 3, 3), ", torch.linspace(0, 1, 24), [2, 2], [1, 1]"));
    expect_same(second(weights("v", 24, 20, 3, 3), ", None, [2, 1], [0, 2], [2, 3]"));
    expect_same(second(weights("v", 24, 20, 1, 7), ", None, [1, 1], [0, 3]"));
    expect_same(second(weights("v", 40, 20, 5, 5), ", None, [3, 3], [2, 2]", 40));
    // Groups of 10, 5 and 4 input channels, a filter for each channel, and two for each.
    expect_same(second(weights("v", 24, 10, 3, 3), ", None, [1, 1], [1, 1], [1, 1], 2"));
    expect_same(second(weights("v", 24, 5, 3, 3), ", None, [1, 1], [1, 1], [1, 1], 4"));
    expect_same(second(weights("v", 50, 4, 3, 3), ", None, [1, 1], [1, 1], [1, 1], 5", 50));
    expect_same(second(weights("v", 20, 1, 3, 3), ", None, [2, 2], [1, 1], [1, 1], 20", 20));
    expect_same(second(weights("v", 40, 1, 3, 3), ", None, [1, 1], [1, 1], [1, 1], 20", 40));
}

TEST_F(IncrementalTest, FunctionsAndPoolsGiveWhatTheNetworkGives) {
    for (const char* layer :
         {"h = torch.relu_(h)", "h = torch.relu6(h - 0.1)", "h = torch.hardtanh(h, 0.1, 0.6)",
          "h = torch.clamp(h, 0.05, 0.5)", "h = torch.leaky_relu(h - 0.3, 0.1)", "h = torch.hardswish(h - 0.5)",
          "h = torch.hardsigmoid(h)", "h = torch.sigmoid(h)", "h = torch.silu(h)", "h = torch.dropout(h, 0.5, False)",
          "h = torch.max_pool2d(h, [3, 3], [2, 2], [1, 1])",
          "h = torch.max_pool2d(h, [3, 3], [2, 2], [0, 0], [1, 1], True)", "h = torch.max_pool2d(h, [2, 2])",
          "h = torch.max_pool2d(h, [3, 3], [1, 1], [1, 1], [2, 2])", "h = torch.avg_pool2d(h, [3, 3], [1, 1], [1, 1])",
          "h = torch.avg_pool2d(h, [3, 3], [2, 2], [1, 1], True, False)",
          "h = torch.avg_pool2d(h, [2, 2], [2, 2], [0, 0], True, True, 3)",
          "h = torch.adaptive_avg_pool2d(h, [8, 10])"}) {
        expect_same(network_of(first_layer() + layer, 20));
    }
}

TEST_F(IncrementalTest, SumsGatesAndChannelsGiveWhatTheNetworkGives) {
    const std::string branch = weights("v", 20, 20, 3, 3) + "g = torch.conv2d(h, v, None, [1, 1], [1, 1])\n";
    expect_same(network_of(first_layer() + branch + "h = torch.relu(h + g)", 20));
    expect_same(network_of(first_layer() + branch + "h = torch.relu_(g.add_(h))", 20));
    expect_same(network_of(first_layer() + branch + "h = g + g.relu()", 20));
    expect_same(network_of(first_layer() + branch + "h = torch.cat([h, g, x], 1)", 43));
    expect_same(network_of(first_layer() + branch + "h = torch.relu(torch.cat([g, h], -3)) * 0.5 - 0.125", 40));
    expect_same(network_of(
        first_layer() + branch + "h = g * torch.sigmoid(torch.adaptive_avg_pool2d(h, [1, 1])) + h.mean([2, 3], True)",
        20));
    // Channels shuffled, split, cut out.
    expect_same(network_of(first_layer() + branch +
                               "h = g.view(g.size(0), 4, 5, g.size(2), g.size(3)).transpose(1, 2).contiguous()"
                               ".view(g.size(0), -1, 40, 40)",
                           20));
    expect_same(
        network_of(first_layer() + "a, b2 = h.chunk(2, 1)\nh = torch.cat([b2, torch.relu(a)], 1)[:, 3:18]", 15));
    // An image of means and channels in reverse, as networks that were converted from Caffe have them.
    expect_same(
        network_of("x = x * torch.tensor([0.5, 0.6, 0.7]).view(1, 3, 1, 1) + 0.25\nx = x.flip(1) * 255.0\n"
                   "x = (x - torch.linspace(0, 99, 4800).reshape(3, 40, 40)) / 255.0\n" +
                       first_layer(),
                   20));
    // Numbers of the photo before the first convolution, for each channel.
    expect_same(
        network_of("x = (x - torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1)) / torch.tensor([0.5, 0.6, 0.7])"
                   ".view(1, 3, 1, 1)\n" +
                       first_layer(),
                   20));
    expect_same(network_of(first_layer() +
                               "h = torch.batch_norm(h, torch.linspace(1, 2, 20), torch.linspace(0, 1, 20), "
                               "torch.linspace(0, 0.2, 20), torch.linspace(0.5, 1.5, 20), False, 0.1, 1e-5, False)",
                           20));
}

TEST_F(IncrementalTest, FullyConnectedLayersOverAMapGiveWhatTheNetworkGives) {
    expect_same(first_layer() + "h = torch.max_pool2d(h, [8, 8])\n" + weights("v", 30, 500, 1, 1) +
                weights("u", 5, 30, 1, 1) +
                "h = torch.relu(torch.linear(torch.flatten(h, 1), v.view(30, 500), torch.linspace(0, 1, 30)))\n"
                "return 4.0 * torch.addmm(torch.linspace(0, 1, 5), h, u.view(5, 30).t())");
}

TEST_F(IncrementalTest, WhatIsNotUnderstoodRunsAsAWhole) {
    // In the midst of two branches: the cut is where one map alone goes on.
    expect_same(network_of(first_layer() + "h = torch.max_pool2d(h, [2, 2])\na = torch.tanh(h)\nh = h + a", 20),
                "aten::tanh");
    expect_same(network_of(first_layer() + "h.relu_()\nh = torch.max_pool2d(h, [2, 2])\n"
                                           "if h.size(2) > 4:\n    h = torch.softmax(h, 1)\nh = h * 3",
                           20),
                "aten::softmax");
    // A copy is changed in place, which must not change what it was made of.
    expect_same(network_of(first_layer() + "h = h - 0.3\na = h.clone()\na.relu_()\nh = h + a", 20), "aten::clone");
    expect_same(network_of(
        first_layer() + "h = h - 0.3\na = torch.adaptive_avg_pool2d(h, [40, 40])\na.relu_()\nh = h + a", 20));
    // A flat one.
    expect_same(first_layer() + weights("u", 5, 20, 1, 1) +
                    "f = h.mean([2, 3])\nf = torch.layer_norm(f, [20])\nreturn torch.matmul(f, u.view(5, "
                    "20).t())",
                "aten::layer_norm");
    const NetworkOptions at_once =
        options(network_of("h = torch.tanh(x)\n" + weights("w", 20, 3, 3, 3) + "h = torch.conv2d(h, w)", 20));
    Occluder none = make(at_once, {}, true);
    EXPECT_FALSE(none.incremental());
    EXPECT_THAT(remarks(none), HasSubstr("nothing runs incrementally"));
    EXPECT_EQ(run(none, all_forwards(2)), [&] {
        Occluder whole = make(at_once, {}, false);
        return run(whole, all_forwards(2));
    }());
}

TEST_F(IncrementalTest, ANetworkThatTakesOnlyContiguousPhotosRunsAsAWhole) {
    const NetworkOptions network =
        options("x = x.view(x.size(0), -1).view(x.size(0), 3, 40, 40)\n" + network_of(first_layer(), 20));
    Occluder incremental = make(network, {}, true);
    Occluder whole = make(network, {}, false);
    EXPECT_FALSE(incremental.incremental());
    EXPECT_EQ(run(incremental, all_forwards(1)), run(whole, all_forwards(1)));
}

}  // namespace
}  // namespace semscope::incremental
