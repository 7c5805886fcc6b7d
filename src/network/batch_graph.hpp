#pragma once

#include <torch/script.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

/// Batches that a GPU runs as one recorded piece of work (a CUDA graph) in place of an operator after the other.
namespace semscope::network {

/// What a network makes of a batch, recorded for one shape, type and memory format of photos.
class BatchGraph {
  public:
    BatchGraph() = default;
    virtual ~BatchGraph() = default;
    BatchGraph(const BatchGraph&) = delete;
    BatchGraph& operator=(const BatchGraph&) = delete;

    /// The scores of `images`, [batch,3,H,W] as those that were recorded; [batch,C], which later calls do not change.
    /// Throws what the device throws.
    virtual at::Tensor replay(const at::Tensor& images) = 0;
};

/// Photos, [batch,3,H,W] on the device -> scores, [batch,C].
using ScoresOf = std::function<at::Tensor(const at::Tensor& images)>;

/// Records what a network does with a batch like `images`. Throws what speaks against it.
using GraphCapture = std::function<std::unique_ptr<BatchGraph>(const ScoresOf& network, const at::Tensor& images)>;

/// What came of the attempt to record a network.
struct GraphTrial {
    std::unique_ptr<BatchGraph> graph;  ///< none where it cannot be used
    std::string refusal;                ///< why not; "" where it can
};

/// Records the network and compares it with itself on two batches of noise: a graph is used only where both give the
/// same bits, so that it changes no number. `photos`: [2 batch,3,H,W] on the device. Throws std::bad_alloc alone.
GraphTrial try_graph(const ScoresOf& network, const at::Tensor& photos, const GraphCapture& capture);

/// Records by CUDA, on a stream of its own, after a first run there that lets the libraries prepare themselves. Throws
/// where the network waits for the device or takes memory by other ways than LibTorch's, and what the network throws.
/// Compiled and linked only where LibTorch has CUDA; else it throws. It has never run on a GPU.
/// https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
std::unique_ptr<BatchGraph> capture_cuda_graph(const ScoresOf& network, const at::Tensor& images);

}  // namespace semscope::network
