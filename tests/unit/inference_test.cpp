#include "network/batch_assembly.hpp"
#include "network/torch_device.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/network/device.hpp"
#include "semscope/network/occluder.hpp"
#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

namespace semscope::network {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ChooseDevice, DealsGpusOutByTheRanksPlaceOnItsNode) {
    // mpirun on a node of 4 GPUs, all visible to all ranks.
    for (int local_rank = 0; local_rank < 8; ++local_rank)
        EXPECT_EQ(choose_device(DeviceRequest::automatic, local_rank, 4), (Device{DeviceKind::cuda, local_rank % 4}));
    // srun --gpus-per-task=1: each task sees one device.
    EXPECT_EQ(choose_device(DeviceRequest::cuda, 3, 1), (Device{DeviceKind::cuda, 0}));
}

TEST(ChooseDevice, FallsBackToTheCpuOnlyWhenItMay) {
    EXPECT_EQ(choose_device(DeviceRequest::automatic, 5, 0), (Device{DeviceKind::cpu, 0}));
    EXPECT_EQ(choose_device(DeviceRequest::cpu, 1, 4), (Device{DeviceKind::cpu, 0}));
    EXPECT_THROW(choose_device(DeviceRequest::cuda, 0, 0), UsageError);
    EXPECT_EQ(to_string(Device{DeviceKind::cuda, 2}), "cuda:2");
}

TEST(Noise, DependsOnSeedImageClassAndPixelAlone) {
    const auto colour = noise_colour(1, 2, 3, 4);
    EXPECT_EQ(colour, noise_colour(1, 2, 3, 4));
    EXPECT_NE(colour, noise_colour(2, 2, 3, 4));
    EXPECT_NE(colour, noise_colour(1, 3, 3, 4));
    EXPECT_NE(colour, noise_colour(1, 2, 4, 4));
    EXPECT_NE(colour, noise_colour(1, 2, 3, 5));
    double sum = 0;
    for (std::uint32_t pixel = 0; pixel < 10000; ++pixel) sum += noise_colour(0, 0, 1, pixel)[0];
    EXPECT_NEAR(sum / 10000, 0.5, 4 * 0.2887 / 100);  // four standard errors of a uniform mean
}

TEST(DescribeFailure, TellsWhatHelpsWhenMemoryIsUsedUp) {
    const std::string interpreter = "The following operation failed in the TorchScript interpreter.\nTraceback:\n";
    for (const char* message :
         {"HIP out of memory.", "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
          "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"})
        EXPECT_THAT(describe_failure(message, 8), testing::StartsWith("run.batch = 8 needs more memory")) << message;
    EXPECT_EQ(describe_failure(interpreter + "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB.\n", 512),
              "run.batch = 512 needs more memory than is free: CUDA out of memory. Tried to allocate 2.00 "
              "GiB.; make run.batch smaller, or put fewer ranks on a GPU");
    EXPECT_EQ(describe_failure("CUDA error: misaligned address\nmore", 512),
              "the network failed: CUDA error: misaligned address");
}

TEST(DescribeGpu, SaysNothingOfTheCpu) { EXPECT_EQ(describe_gpu({DeviceKind::cpu, 0}), ""); }

class OccluderTest : public testing::Test {
  protected:
    NetworkOptions network(const std::string& body, int batch = 4, int crop = 8, std::size_t scenes = 3) const {
        NetworkOptions options;
        options.path = folder_.path() / "model.ts";
        options.batch = batch;
        options.crop = crop;
        options.scenes = scenes;
        testing_support::write_network(options.path, body);
        return options;
    }
    static std::shared_ptr<const Sample> sample(std::uint64_t image, int crop) {
        auto made = std::make_shared<Sample>();
        made->image = image;
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(crop * crop); ++i) {
            const auto bits = philox4x32({i, static_cast<std::uint32_t>(image), 0, 0}, {0, 0});
            for (int c = 0; c < 3; ++c)
                made->rgb.push_back(static_cast<std::uint8_t>(bits[static_cast<std::size_t>(c)]));
            made->labels.push_back(static_cast<std::uint16_t>(bits[3] % 4));
        }
        return made;
    }
    static std::vector<float> forward(Occluder& occluder, const std::vector<Forward>& forwards, std::size_t scenes) {
        std::vector<float> rows(forwards.size() * scenes);
        occluder.assemble(forwards);
        occluder.forward(rows);
        return rows;
    }
    testing_support::TemporaryFolder folder_;
};

// A network of convolutions, since libraries choose their algorithm by shape, and sums by place.
constexpr const char* convolutions =
    "w = torch.sin(torch.linspace(0, 99, 432)).reshape(16, 3, 3, 3)\n"
    "v = torch.cos(torch.linspace(0, 99, 2304)).reshape(16, 16, 3, 3)\n"
    "u = torch.sin(torch.linspace(0, 9, 48)).reshape(3, 16)\n"
    "h = torch.relu(torch.conv2d(torch.relu(torch.conv2d(x, w)), v))\n"
    "return torch.matmul(h.mean([2, 3]), u.t())";

TEST_F(OccluderTest, ANetworkOfAnotherSha256IsNotLoaded) {
    NetworkOptions options = network("return x.mean([2, 3])");
    options.sha256 = {sha256_of_file(options.path), "model.sha256"};
    EXPECT_NO_THROW(Occluder(options, {}));
    std::ofstream(options.path, std::ios::app) << "changed since";
    EXPECT_THROW(Occluder(options, {}), InputError);
}

TEST_F(OccluderTest, ARowIsTheSameBitsWhateverItsPlaceAndNeighbours) {
    constexpr int crop = 33;
    constexpr int batch = 7;
    Occluder occluder(network(convolutions, batch, crop), {});
    for (int slot = 0; slot < batch; ++slot) occluder.load(slot, sample(static_cast<std::uint64_t>(slot), crop));
    const auto alone = forward(occluder, {{3, 2}}, 3);
    for (int place = 0; place < batch; ++place) {
        std::vector<Forward> forwards;
        for (int i = 0; i < batch; ++i) forwards.push_back({(i + place) % batch, static_cast<std::uint16_t>(i % 4)});
        forwards[static_cast<std::size_t>(place)] = {3, 2};
        const auto rows = forward(occluder, forwards, 3);
        EXPECT_TRUE(std::equal(alone.begin(), alone.end(), rows.begin() + 3 * place)) << "place " << place;
    }
}

TEST_F(OccluderTest, FullyConnectedLayersGiveARowTheSameBitsWhateverItsPlace) {
    // BLAS libraries compute the last rows of a matrix by other kernels than the first.
    const std::string matrices =
        "x = x.reshape(-1, 75)\n"
        "w = torch.sin(torch.linspace(0, 999, 75 * 96)).reshape(96, 75)\n"
        "v = torch.cos(torch.linspace(0, 99, 96 * 8)).reshape(96, 8)\n"
        "u = torch.cos(torch.linspace(0, 9, 24)).reshape(3, 8)\n"
        "h = torch.relu(torch.matmul(x, w.t()) + torch.ones(96))\n"
        "return torch.mm(torch.addmm(torch.ones(8), h, v), u.t())";
    constexpr int crop = 5;
    for (const int batch : {7, 16, 32}) {
        Occluder occluder(network(matrices, batch, crop), {});
        for (int slot = 0; slot < 4; ++slot) occluder.load(slot, sample(static_cast<std::uint64_t>(slot), crop));
        const auto alone = forward(occluder, {{3, 2}}, 3);
        for (int place = 0; place < batch; ++place) {
            std::vector<Forward> forwards(static_cast<std::size_t>(batch), {1, 1});
            forwards[static_cast<std::size_t>(place)] = {3, 2};
            const auto rows = forward(occluder, forwards, 3);
            EXPECT_TRUE(std::equal(alone.begin(), alone.end(), rows.begin() + 3 * place))
                << "place " << place << " of " << batch;
        }
    }
}

TEST_F(OccluderTest, BatchesAreTheSameBitsMadeOnTheHostAndAsOnAGpu) {
    for (const Fill fill : {Fill::mean, Fill::reference, Fill::black, Fill::white, Fill::blur, Fill::noise})
        for (const Mode mode : {Mode::remove, Mode::keep}) {
            OcclusionOptions options;
            options.fill = fill;
            options.mode = mode;
            options.blur_kernel = 5;
            options.input.channels = ChannelOrder::bgr;
            options.input.scale = ColourScale::bytes;
            options.input.std = {60, 61, 62};
            NetworkOptions host = network(convolutions);
            NetworkOptions gpu = host;
            gpu.assemble_as_on_gpu = true;
            Occluder on_host(host, options);
            Occluder as_on_gpu(gpu, options);
            for (int slot = 0; slot < 2; ++slot) {
                on_host.load(slot, sample(static_cast<std::uint64_t>(slot), 8));
                as_on_gpu.load(slot, sample(static_cast<std::uint64_t>(slot), 8));
            }
            const std::vector<Forward> forwards{{0, 0}, {0, 2}, {1, 3, {1}}, {1, 1, {2, 3}}};
            EXPECT_EQ(forward(on_host, forwards, 3), forward(as_on_gpu, forwards, 3))
                << "fill " << static_cast<int>(fill) << ", mode " << static_cast<int>(mode);
        }
}

// Scores that are sums over the pixels: what two classes change is the sum of what each changes alone.
TEST_F(OccluderTest, SeveralClassesAreInhibitedAsEachIsAlone) {
    for (const Fill fill : {Fill::mean, Fill::black, Fill::blur, Fill::noise}) {
        OcclusionOptions options;
        options.fill = fill;
        options.blur_kernel = 5;
        Occluder occluder(network("return x.mean([2, 3])"), options);
        occluder.load(0, sample(5, 8));
        const auto rows = forward(occluder, {{0, 0}, {0, 1}, {0, 3}, {0, 1, {3}}}, 3);
        const auto odds = [&](std::size_t row, std::size_t c) { return std::log(rows[3 * row + c] / rows[3 * row]); };
        for (const std::size_t c : {1U, 2U}) {
            EXPECT_NEAR(odds(3, c), odds(1, c) + odds(2, c) - odds(0, c), 2e-6) << static_cast<int>(fill);
            EXPECT_NE(odds(3, c), odds(1, c)) << static_cast<int>(fill);
        }
    }
}

TEST_F(OccluderTest, AnImageWithoutTheClassIsLeftAsItIs) {
    Occluder occluder(network(convolutions), {});
    occluder.load(0, sample(0, 8));
    const auto rows = forward(occluder, {{0, 0}, {0, 9}}, 3);
    EXPECT_TRUE(std::equal(rows.begin(), rows.begin() + 3, rows.begin() + 3));
}

TEST_F(OccluderTest, WhatCannotServeIsSaidAtTheStart) {
    const auto refusal = [&](const std::string& body, const std::string& word) {
        EXPECT_THAT([&] { Occluder(network(body), {}); }, ThrowsMessage<InputError>(HasSubstr(word))) << body;
    };
    refusal("return x.mean([2, 3])[:, :2]", "2 scores");
    refusal("return x", "shape");
    refusal("return (x, x)", "model.ts");
    refusal("return x.reshape(1, 99)", "invalid for input of size");
    NetworkOptions half = network("return x.mean([2, 3])");
    half.precision = Precision::fp16;
    EXPECT_THROW(Occluder(half, {}), UsageError);
}

TEST_F(OccluderTest, AReducedPrecisionStaysNearTheFullOne) {
    NetworkOptions options = network("return x");
    testing_support::write_linear_network(options.path, {{2, -1, 0.5F}, {-1, 2, 0}, {0.25F, 0.5F, 1}});
    Occluder full(options, {});
    options.precision = Precision::bf16;
    Occluder reduced(options, {});
    full.load(0, sample(0, 8));
    reduced.load(0, sample(0, 8));
    const auto expected = forward(full, {{0, 0}}, 3);
    const auto rows = forward(reduced, {{0, 0}}, 3);
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_NEAR(rows[i], expected[i], 0.05);
}

TEST_F(OccluderTest, BatchesThatAreStartedTogetherGiveWhatTheyGiveOneByOne) {
    Occluder occluder(network(convolutions), {});
    for (int slot = 0; slot < 4; ++slot) occluder.load(slot, sample(static_cast<std::uint64_t>(slot), 8));
    const std::vector<std::vector<Forward>> batches{{{0, 0}, {0, 1}, {1, 2}}, {{1, 0}}, {{2, 3}, {3, 0}}};
    std::vector<std::vector<float>> expected;
    for (const auto& batch : batches) expected.push_back(forward(occluder, batch, 3));
    for (std::size_t i = 0; i < batches.size(); ++i) {
        occluder.assemble(batches[i]);
        occluder.start();
        EXPECT_EQ(occluder.started(), i + 1);
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
        ASSERT_EQ(occluder.started_forwards(), batches[i].size()) << "the oldest comes first";
        std::vector<float> rows(3 * batches[i].size());
        occluder.finish(rows);
        EXPECT_EQ(rows, expected[i]);
    }
    EXPECT_EQ(occluder.started(), 0U);
}

TEST_F(OccluderTest, ANetworkMayBeWrittenForOneSizeOfBatch) {
    const std::string body = "assert x.size(0) == 4\nreturn x.mean([2, 3])";
    Occluder occluder(network(body), {});
    occluder.load(0, sample(0, 8));
    EXPECT_EQ(forward(occluder, {{0, 0}}, 3).size(), 3U);
    EXPECT_THROW(Occluder(network(body, 8), {}), InputError);
}

TEST_F(OccluderTest, ANetworkThatChangesItsOutputWithTheBatchIsRefused) {
    const NetworkOptions options = network("return x.mean([2, 3])[:2]");  // right for the two images of the trial
    EXPECT_THAT([&] { Occluder(options, {}); },
                ThrowsMessage<InferenceError>(HasSubstr("shape [2, 3] for a batch of 4")));
}

TEST_F(OccluderTest, TheNullNetworkGivesEveryScoreAlikeAndTakesTheTimeThatIsAsked) {
    NetworkOptions options;
    options.path = null_network;
    options.batch = 4;
    options.crop = 8;
    options.scenes = 5;
    options.simulate_forward_ms = 2;
    Occluder occluder(options, {});
    occluder.load(0, sample(0, 8));
    const double start = steady_seconds();
    EXPECT_EQ(forward(occluder, {{0, 0}, {0, 1}}, 5), std::vector<float>(10, 0.2F));
    EXPECT_GE(steady_seconds() - start, 4 * 0.002) << "a padded batch costs as much as a full one";
}

TEST_F(OccluderTest, BatchSizesAreMeasuredAndTheSmallestGoodOneIsChosen) {
    std::size_t batches = 0;
    const auto speeds = measure_batches(network(convolutions), [&] { ++batches; });
    EXPECT_EQ(batches, 4 * speeds.size()) << "the watchdog hears of each: one to prepare a size, three to measure it";
    ASSERT_GE(speeds.size(), 3U);
    for (std::size_t i = 0; i < speeds.size(); ++i) {
        EXPECT_GT(speeds[i].seconds_per_forward, 0) << speeds[i].batch;
        EXPECT_GT(speeds[i].batch, i == 0 ? 0 : speeds[i - 1].batch);
    }
    EXPECT_THROW(measure_batches(network("return x")), InputError);
    constexpr double no_memory = std::numeric_limits<double>::infinity();
    EXPECT_EQ(choose_batch({{8, 1.5}, {16, 1.02}, {32, 1.0}, {64, no_memory}}), 16);
    EXPECT_EQ(choose_batch({{8, 1.5}, {16, 1.2}, {32, 1.0}}), 32);
    EXPECT_EQ(choose_batch({{8, 1.0}, {16, 1.1}}), 8);
}

TEST_F(OccluderTest, MoreForwardsThanTheBatchAreRefused) {
    Occluder occluder(network("return x.mean([2, 3])", 2), {});
    EXPECT_THROW(occluder.assemble(std::vector<Forward>(3)), LibraryError);
    EXPECT_THROW(occluder.assemble({}), LibraryError);
}

}  // namespace
}  // namespace semscope::network
