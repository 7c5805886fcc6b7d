#include "network/batch_graph.hpp"

#include "network/batching.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/network/device.hpp"
#include "semscope/network/occluder.hpp"
#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

// When batches run as a graph. A graph of CUDA needs a GPU: here others stand in for it.

namespace semscope::network {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::int64_t photos_of_graph = 3;

at::Tensor scores_by_colour(const at::Tensor& images) { return images.mean({2, 3}).sin(); }

at::Tensor photos() { return noise_photos(torch::zeros({1, 3, 4, 4}), 2 * photos_of_graph); }

/// A graph whose work is a function, called with what it was recorded with and what it is played with.
class FakeGraph : public BatchGraph {
  public:
    using Work = std::function<at::Tensor(const at::Tensor& recorded, const at::Tensor& images)>;
    FakeGraph(at::Tensor recorded, Work work) : recorded_(std::move(recorded)), work_(std::move(work)) {}
    at::Tensor replay(const at::Tensor& images) override { return work_(recorded_, images); }

  private:
    at::Tensor recorded_;
    Work work_;
};

GraphCapture capture_of(FakeGraph::Work work) {
    return [work = std::move(work)](const ScoresOf& network, const at::Tensor& images) {
        return std::make_unique<FakeGraph>(network(images), work);
    };
}

TEST(BatchGraph, OfTheSameBitsIsUsed) {
    std::int64_t recorded = 0;
    const auto capture = [&](const ScoresOf& network, const at::Tensor& images) {
        recorded = images.size(0);
        return std::make_unique<FakeGraph>(
            at::Tensor(), [network](const auto& /*recorded*/, const auto& other) { return network(other); });
    };
    const GraphTrial trial = try_graph(scores_by_colour, photos(), capture);
    ASSERT_NE(trial.graph, nullptr);
    EXPECT_EQ(trial.refusal, "");
    EXPECT_EQ(recorded, photos_of_graph);
    const at::Tensor images = torch::rand({photos_of_graph, 3, 4, 4});
    EXPECT_TRUE(trial.graph->replay(images).equal(scores_by_colour(images)));
}

TEST(BatchGraph, ThatDoesNotReadItsPhotosIsNotUsed) {
    const auto stale = capture_of([](const at::Tensor& recorded, const at::Tensor& /*images*/) { return recorded; });
    const GraphTrial trial = try_graph(scores_by_colour, photos(), stale);
    EXPECT_EQ(trial.graph, nullptr);
    EXPECT_THAT(trial.refusal, HasSubstr("not those of the network itself"));
}

TEST(BatchGraph, OfOtherBitsIsNotUsed) {
    const auto rounds = capture_of([](const at::Tensor& /*recorded*/, const at::Tensor& images) {
        return scores_by_colour(images) * (1 + 1.2e-7);
    });
    EXPECT_EQ(try_graph(scores_by_colour, photos(), rounds).graph, nullptr);
    const auto cut = capture_of([](const at::Tensor& /*recorded*/, const at::Tensor& images) {
        return scores_by_colour(images).narrow(0, 0, photos_of_graph - 1);
    });
    EXPECT_EQ(try_graph(scores_by_colour, photos(), cut).graph, nullptr);
}

TEST(BatchGraph, ThatCannotBeRecordedOrPlayedIsNotUsedAndTheReasonIsSaid) {
    const char* reason = "CUDA error: operation not permitted when stream is capturing\nmore lines";
    const auto failing = [&](const ScoresOf& /*network*/, const at::Tensor& /*images*/) -> std::unique_ptr<BatchGraph> {
        throw std::runtime_error(reason);
    };
    const GraphTrial recorded = try_graph(scores_by_colour, photos(), failing);
    EXPECT_EQ(recorded.graph, nullptr);
    EXPECT_EQ(recorded.refusal, "CUDA error: operation not permitted when stream is capturing");
    const auto unplayable = capture_of(
        [&](const at::Tensor&, const at::Tensor&) -> at::Tensor { throw std::runtime_error("CUDA out of memory"); });
    EXPECT_EQ(try_graph(scores_by_colour, photos(), unplayable).refusal, "CUDA out of memory");
}

TEST(BatchGraph, WithoutMemoryOfTheHostTheTrialEnds) {
    const auto failing = [](const ScoresOf& /*network*/, const at::Tensor& /*images*/) -> std::unique_ptr<BatchGraph> {
        throw std::bad_alloc();
    };
    EXPECT_THROW(try_graph(scores_by_colour, photos(), failing), std::bad_alloc);
}

class CudaGraphOption : public testing::Test {
  protected:
    NetworkOptions network() const {
        NetworkOptions options;
        options.path = folder_.path() / "model.ts";
        options.batch = 4;
        options.crop = 8;
        options.scenes = 3;
        testing_support::write_network(options.path, "return torch.relu(x).mean([2, 3])");
        return options;
    }

    testing_support::TemporaryFolder folder_;
};

TEST_F(CudaGraphOption, IsRefusedOnTheCpu) {
    NetworkOptions options = network();
    options.cuda_graph = CudaGraph::on;
    const auto refused = ThrowsMessage<UsageError>(HasSubstr("run.cuda-graph = on needs a GPU"));
    EXPECT_THAT([&] { Occluder(options, {}); }, refused);
    options.path = null_network;
    EXPECT_THAT([&] { Occluder(options, {}); }, refused);
    EXPECT_NO_THROW(require_graph_device(CudaGraph::on, {DeviceKind::cuda, 1}));
}

TEST_F(CudaGraphOption, AutoIsOffOnTheCpu) {
    NetworkOptions options = network();
    const Occluder without(options, {});
    options.cuda_graph = CudaGraph::automatic;
    const Occluder occluder(options, {});
    EXPECT_FALSE(occluder.cuda_graph());
    EXPECT_EQ(occluder.remarks().size(), without.remarks().size());
}

TEST_F(CudaGraphOption, GivesTheSameBitsOnAGpu) {
    if (visible_cuda_devices() == 0) GTEST_SKIP() << "there is no GPU";
    NetworkOptions options = network();
    options.device = {DeviceKind::cuda, 0};
    const auto scores = [&] {
        Occluder occluder(options, {});
        EXPECT_EQ(occluder.cuda_graph(), options.cuda_graph == CudaGraph::on);
        std::vector<float> rows;
        for (const std::uint8_t brightness : {40, 80, 160}) {  // more batches than were tried
            const std::vector<std::uint8_t> rgb(8 * 8 * 3, brightness);
            occluder.load(0, std::make_shared<Sample>(Sample{0, rgb, std::vector<std::uint16_t>(8 * 8, 1)}));
            std::vector<float> row(3);
            occluder.assemble(std::vector<Forward>{{0, 0}});
            occluder.forward(row);
            rows.insert(rows.end(), row.begin(), row.end());
        }
        return rows;
    };
    const auto expected = scores();
    options.cuda_graph = CudaGraph::on;
    EXPECT_EQ(scores(), expected);
}

}  // namespace
}  // namespace semscope::network
