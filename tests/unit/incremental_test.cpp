// Incremental inference against the network itself, on networks whose operators it takes one by one and together.
#include "semscope/incremental/occluder.hpp"
#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace semscope::incremental {
namespace {

using network::Forward;
using network::NetworkOptions;
using network::OcclusionOptions;
using network::Sample;
using testing::HasSubstr;

constexpr int crop = 40;
constexpr std::size_t scenes = 5;

/// A photo of smooth noise with four classes: a block, a stripe, scattered pixels, and the rest.
std::shared_ptr<const Sample> sample(std::uint32_t image) {
    auto made = std::make_shared<Sample>();
    made->image = image;
    for (int i = 0; i < crop * crop; ++i) {
        const int y = i / crop;
        const int x = i % crop;
        const auto bits = philox4x32({static_cast<std::uint32_t>(y / 3 * crop + x / 3), image, 0, 0}, {0, 0});
        for (std::size_t c = 0; c < 3; ++c) made->rgb.push_back(static_cast<std::uint8_t>(bits[c]));
        std::uint8_t label = 1;
        if (y > 25 && y < 34 && x < 12) label = 2;
        if (x == 30 + static_cast<int>(image % 3)) label = 3;
        if (i % 211 == static_cast<int>(image)) label = 4;
        made->labels.push_back(label);
    }
    return made;
}

/// Of each photo itself and its classes; of one class more that it has not got.
std::vector<Forward> all_forwards(int photos) {
    std::vector<Forward> forwards;
    for (int slot = 0; slot < photos; ++slot)
        for (std::uint16_t semantic = 0; semantic <= 5; ++semantic) forwards.push_back({slot, semantic});
    return forwards;
}

/// The body of a network: `layers` make h of x, [N,C,H,W]; the scores are a fully connected layer over its mean.
std::string network_of(const std::string& layers, int channels) {
    return layers + "\nu = torch.sin(torch.linspace(0, 50, 5 * " + std::to_string(channels) + ")).reshape(5, " +
           std::to_string(channels) +
           ")\nh = torch.adaptive_avg_pool2d(h, [1, 1])\nreturn 3.0 * torch.matmul(torch.flatten(h, 1), u.t())";
}

/// Weights of a convolution, [n,c,k,k], named `name`: no two filters alike.
std::string weights(const std::string& name, int n, int c, int height, int width) {
    const int numbers = n * c * height * width;
    return name + " = torch.sin(torch.linspace(0, " + std::to_string(numbers) + " * 0.7, " + std::to_string(numbers) +
           ")).reshape(" + std::to_string(n) + ", " + std::to_string(c) + ", " + std::to_string(height) + ", " +
           std::to_string(width) + ") / " + std::to_string(std::sqrt(c * height * width)) + "\n";
}

std::string first_layer() {
    return weights("w", 20, 3, 3, 3) + "b = torch.linspace(-0.2, 0.2, 20)\n" +
           "h = torch.relu(torch.conv2d(x, w, b, [1, 1], [1, 1]))\n";
}

class IncrementalTest : public testing::Test {
  protected:
    NetworkOptions options(const std::string& body, int batch = 8) const {
        NetworkOptions made;
        made.path = folder_.path() / "model.ts";
        made.batch = batch;
        made.crop = crop;
        made.scenes = scenes;
        testing_support::write_network(made.path, body);
        return made;
    }
    static std::string remarks(const Occluder& occluder) {
        std::string all;
        for (const auto& remark : occluder.remarks()) all += remark.text + "\n";
        return all;
    }
    /// Probabilities of `forwards`, batch by batch.
    static std::vector<float> run(Occluder& occluder, std::vector<Forward> forwards) {
        std::vector<float> rows;
        for (std::span<const Forward> left = forwards; !left.empty();) {
            const std::size_t count = occluder.next_batch(left);
            occluder.assemble(left.first(count));
            occluder.start();
            EXPECT_EQ(occluder.started_forwards(), count);
            rows.resize(rows.size() + count * scenes);
            occluder.finish(std::span(rows).last(count * scenes));
            left = left.subspan(count);
        }
        return rows;
    }
    static Occluder make(const NetworkOptions& network, const OcclusionOptions& occlusion, bool incremental,
                         int photos = 3) {
        Occluder occluder(network::Occluder(network, occlusion), incremental);
        for (int slot = 0; slot < photos; ++slot) occluder.load(slot, sample(static_cast<std::uint32_t>(slot)));
        return occluder;
    }
    /// Largest difference between both ways; the incremental one must have been taken, all of it where `rest` is "".
    void expect_same(const std::string& body, const std::string& rest = "", const OcclusionOptions& occlusion = {}) {
        const NetworkOptions network = options(body);
        Occluder whole = make(network, occlusion, false);
        Occluder incremental = make(network, occlusion, true);
        ASSERT_TRUE(incremental.incremental()) << body << "\n" << remarks(incremental);
        if (rest.empty())
            EXPECT_THAT(remarks(incremental), testing::Not(HasSubstr("runs as a whole"))) << body;
        else
            EXPECT_THAT(remarks(incremental), HasSubstr("from " + rest)) << body;
        const auto forwards = all_forwards(3);
        const auto expected = run(whole, forwards);
        const auto found = run(incremental, forwards);
        ASSERT_EQ(found.size(), expected.size());
        float largest = 0;
        float moved = 0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            largest = std::max(largest, std::abs(found[i] - expected[i]));
            moved = std::max(moved, std::abs(expected[i] - expected[i % scenes]));
        }
        EXPECT_LE(largest, 1e-5F) << body;
        EXPECT_GT(moved, 1e-3F) << "the variants of this network differ too little to tell anything\n" << body;
        EXPECT_LT(incremental.flops(), incremental.flops_of_whole());
    }
    testing_support::TemporaryFolder folder_;
};

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

TEST_F(IncrementalTest, EveryFillAndModeGivesWhatTheNetworkGives) {
    const std::string body = network_of(
        first_layer() + weights("v", 24, 20, 3, 3) + "h = torch.relu(torch.conv2d(h, v, None, [2, 2], [1, 1]))", 24);
    for (const Fill fill : {Fill::mean, Fill::reference, Fill::black, Fill::white, Fill::blur, Fill::noise})
        for (const Mode mode : {Mode::remove, Mode::keep}) {
            OcclusionOptions occlusion;
            occlusion.fill = fill;
            occlusion.mode = mode;
            occlusion.blur_kernel = 5;
            expect_same(body, "", occlusion);
        }
}

TEST_F(IncrementalTest, AForwardHasTheSameBitsInEveryBatchAndWithAnyThreads) {
    const std::string body = network_of(first_layer() + weights("v", 24, 20, 3, 3) +
                                            "h = torch.relu(torch.conv2d(h, v, None, [1, 1], [1, 1])) + 0.1\n" +
                                            "h = torch.max_pool2d(h, [2, 2])\n" + weights("t", 70, 24, 3, 3) +
                                            "h = torch.relu(torch.conv2d(h, t))",
                                        70);
    NetworkOptions network = options(body, 8);
    Occluder first = make(network, {}, true);
    const auto expected = run(first, all_forwards(3));
    for (const int threads : {1, 2, 3})
        for (const int batch : {1, 5, 8, 32}) {
            network.threads = threads;
            network.batch = batch;
            Occluder other = make(network, {}, true, 1);
            // Photo by photo, each in the one slot that there always is.
            std::vector<float> rows;
            for (std::uint32_t photo = 0; photo < 3; ++photo) {
                other.load(0, sample(photo));
                const auto of_photo = run(other, all_forwards(1));
                rows.insert(rows.end(), of_photo.begin(), of_photo.end());
            }
            EXPECT_EQ(rows, expected) << threads << " threads, batches of " << batch;
        }
    // A class that the photo has not got changes nothing.
    EXPECT_TRUE(std::equal(expected.begin(), expected.begin() + scenes, expected.begin() + 5 * scenes));
}

TEST_F(IncrementalTest, APhotoOfMoreClassesThanABatchIsComputedInParts) {
    const std::string body = network_of(first_layer(), 20);
    Occluder small = make(options(body, 2), {}, true, 1);
    std::vector<Forward> forwards;
    for (std::uint16_t i = 0; i < 23; ++i)
        forwards.push_back({0, static_cast<std::uint16_t>(i % 5 + (i > 0 && i % 5 == 0))});
    EXPECT_EQ(small.next_batch(forwards), 23U);
    const auto rows = run(small, forwards);
    const auto once = run(small, all_forwards(1));
    for (std::size_t i = 0; i < forwards.size(); ++i)
        EXPECT_TRUE(std::equal(rows.begin() + static_cast<std::ptrdiff_t>(i * scenes),
                               rows.begin() + static_cast<std::ptrdiff_t>((i + 1) * scenes),
                               once.begin() + static_cast<std::ptrdiff_t>(forwards[i].semantic * scenes)))
            << i;
}

TEST_F(IncrementalTest, BatchesHoldWholePhotos) {
    const std::string body = network_of(first_layer(), 20);
    const Occluder incremental = make(options(body, 8), {}, true);
    const Occluder whole = make(options(body, 8), {}, false);
    const std::vector<Forward> queue{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {2, 2}, {2, 3}};
    EXPECT_EQ(incremental.next_batch(queue), 5U);
    EXPECT_EQ(whole.next_batch(queue), 8U);
    EXPECT_EQ(incremental.next_batch(std::span(queue).first(3)), 3U);
    EXPECT_EQ(incremental.padding(5), 0U);
    EXPECT_EQ(whole.padding(5), 3U);
}

TEST_F(IncrementalTest, NumbersThatAreNoneStayNone) {
    // Infinity minus infinity in one pixel, before functions and pools that could hide it.
    const std::string body =
        network_of(first_layer() + "h = h * 1e30 * 1e30\nh = h - 1e38 * 1e0 * 1e0\n" + weights("v", 20, 20, 1, 1) +
                       "h = torch.relu(torch.conv2d(h, v))\nh = torch.max_pool2d(h, [2, 2])",
                   20);
    Occluder incremental = make(options(body), {}, true);
    const auto rows = run(incremental, {{0, 0}, {0, 2}});
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](float p) { return !std::isfinite(p); }));
}

TEST_F(IncrementalTest, IsNotTriedWhereItCannotBe) {
    NetworkOptions network = options(network_of(first_layer(), 20));
    EXPECT_EQ(reason_against(network), "");
    network.precision = Precision::bf16;
    EXPECT_THAT(reason_against(network), HasSubstr("fp32"));
    testing_support::write_linear_network(network.path, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 0}, {0, 1, 1}});
    EXPECT_FALSE(Occluder(network::Occluder(network, {}), true).incremental());
    network.precision = Precision::fp32;
    network.device.kind = network::DeviceKind::cuda;
    EXPECT_THAT(reason_against(network), HasSubstr("GPU"));
    network = {.path = network::null_network, .scenes = scenes};
    EXPECT_FALSE(Occluder(network::Occluder(network, {}), true).incremental());
}

TEST_F(IncrementalTest, BothWaysAreMeasured) {
    Occluder occluder = make(options(network_of(first_layer(), 20)), {}, true);
    std::size_t batches = 0;
    const Speeds speeds = measure(occluder, {sample(0), sample(1), sample(2)}, [&] { ++batches; });
    EXPECT_GT(batches, 4U);
    EXPECT_GT(speeds.whole, 0);
    EXPECT_GT(speeds.incremental, 0);
    EXPECT_TRUE(is_faster({1.0, 0.9}));
    EXPECT_FALSE(is_faster({1.0, 0.99}));
    EXPECT_FALSE(is_faster({1.0, 1.1}));
}

}  // namespace
}  // namespace semscope::incremental
