// What does not depend on the network: fills, batches, threads, photos, and when it is not tried.
#include "incremental_fixture.hpp"

#include <regex>

namespace semscope::incremental {
namespace {

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
    // A class that the photo lacks changes nothing.
    EXPECT_TRUE(std::equal(expected.begin(), expected.begin() + scenes, expected.begin() + 5 * scenes));
}

TEST_F(IncrementalTest, APhotoOfMoreClassesThanABatchIsComputedInParts) {
    const std::string body = network_of(first_layer(), 20);
    Occluder small = make(options(body, 2), {}, true, 1);
    std::vector<Forward> forwards;
    for (std::uint16_t i = 0; i < 23; ++i)
        forwards.push_back({0, static_cast<std::uint16_t>(i % 5 + (i > 0 && i % 5 == 0))});
    EXPECT_EQ(small.next_batch(forwards), 8U) << "the rest begins with the photo once more";
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
    network.precision = Precision::fp16;
    EXPECT_THAT(reason_against(network), HasSubstr("fp16"));
    network.precision = Precision::fp32;
    network.device.kind = network::DeviceKind::cuda;
    EXPECT_EQ(reason_against(network), "");
    network.precision = Precision::bf16;
    EXPECT_THAT(reason_against(network), HasSubstr("bf16 on a GPU"));
    NetworkOptions null;
    null.path = network::null_network;
    null.scenes = scenes;
    EXPECT_FALSE(Occluder(network::Occluder(null, {}), true).incremental());
}

/// A body whose weights, the lines `name = torch.sin(...`, are in bf16, as those of parameters are with run.precision.
std::string in_bf16(const std::string& body) {
    return std::regex_replace(body, std::regex("(^|\n)(\\w) = (torch\\.(sin|linspace)\\([^\n]*)"),
                              "$1$2 = ($3).to(dtype=15)");  // torch.bfloat16
}

TEST_F(IncrementalTest, InBf16ASmallNetworkIsAsNearToFp32AsItsWholeForwards) {
    const std::string body =
        network_of(first_layer() + weights("v", 24, 20, 3, 3) + weights("d", 24, 1, 3, 3) + weights("t", 24, 24, 1, 1) +
                       "h = torch.relu(torch.conv2d(h, v, None, [2, 2], [1, 1]))\n" +
                       "g = torch.relu(torch.conv2d(h, d, None, [1, 1], [1, 1], [1, 1], 24))\n" +
                       "h = torch.relu(h + torch.conv2d(g, t))",
                   24);
    Occluder fp32 = make(options(body), {}, true);
    const auto expected = run(fp32, all_forwards(3));
    NetworkOptions network = options(in_bf16(body));
    network.precision = Precision::bf16;
    if (const std::string reason = reason_against(network); !reason.empty()) {
        EXPECT_THAT(reason, HasSubstr("bf16"));
        GTEST_SKIP() << reason;
    }
    Occluder whole = make(network, {}, false);
    Occluder incremental = make(network, {}, true);
    ASSERT_TRUE(incremental.incremental()) << remarks(incremental);
    EXPECT_THAT(remarks(incremental), HasSubstr("bf16 kernels"));
    const auto difference = [&](const std::vector<float>& rows) {
        double largest = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
            largest = std::max(largest, std::abs(double{rows[i]} - expected[i]));
        return largest;
    };
    const auto rows = run(incremental, all_forwards(3));
    EXPECT_GT(difference(rows), 0) << "fp32 was computed";
    EXPECT_LT(difference(rows), 4e-3);
    EXPECT_LT(difference(run(whole, all_forwards(3))), 2e-2);
    network.threads = 2;
    network.batch = 32;
    Occluder other = make(network, {}, true);
    EXPECT_EQ(run(other, all_forwards(3)), rows) << "bits depend on the batch or the threads";
}

TEST_F(IncrementalTest, InBf16WhatIsNotUnderstoodRunsAsAWholeInBf16) {
    const std::string body =
        network_of(first_layer() + "h = torch.max_pool2d(h, [2, 2])\nh = torch.softmax(h, 1) * 3", 20);
    Occluder fp32 = make(options(body), {}, false);
    const auto expected = run(fp32, all_forwards(3));
    NetworkOptions network = options(in_bf16(body));
    network.precision = Precision::bf16;
    if (const std::string reason = reason_against(network); !reason.empty()) GTEST_SKIP() << reason;
    Occluder incremental = make(network, {}, true);
    ASSERT_TRUE(incremental.incremental()) << remarks(incremental);
    EXPECT_THAT(remarks(incremental), HasSubstr("from aten::softmax"));
    const auto found = run(incremental, all_forwards(3));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-2);
}

TEST_F(IncrementalTest, BothWaysAreMeasured) {
    Occluder occluder = make(options(network_of(first_layer(), 20)), {}, true);
    std::size_t batches = 0;
    const Measurement measured =
        measure(occluder, {sample(0), sample(1), sample(2)}, Inhibited::classes, [&] { ++batches; });
    EXPECT_GT(batches, 4U);
    EXPECT_GT(measured.whole, 0);
    EXPECT_GT(measured.incremental, 0);
    EXPECT_LT(measured.difference, largest_accepted_difference);
    EXPECT_TRUE(is_faster({1.0, 0.9}));
    EXPECT_FALSE(is_faster({1.0, 0.99}));
    EXPECT_FALSE(is_faster({1.0, 1.1}));
}

TEST_F(IncrementalTest, TheMeasuredDifferenceIsTheLargestOfAllPhotos) {
    // What all scores have in common rounds them, and the softmax does without it.
    const std::string body = first_layer() +
                             "u = torch.sin(torch.linspace(0, 50, 5 * 20)).reshape(5, 20) + 1000.0\n"
                             "h = torch.flatten(torch.adaptive_avg_pool2d(h, [1, 1]), 1)\n"
                             "return torch.matmul(h, u.t())";
    Occluder whole = make(options(body, 32), {}, false);
    Occluder incremental = make(options(body, 32), {}, true);
    ASSERT_TRUE(incremental.incremental()) << remarks(incremental);
    const auto expected = run(whole, all_forwards(3));
    const auto found = run(incremental, all_forwards(3));
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        largest = std::max(largest, std::abs(double{found[i]} - double{expected[i]}));
    EXPECT_GT(largest, largest_accepted_difference);
    EXPECT_DOUBLE_EQ(measure(incremental, {sample(0), sample(1), sample(2)}, Inhibited::classes, [] {}).difference,
                     largest);
}

}  // namespace
}  // namespace semscope::incremental
