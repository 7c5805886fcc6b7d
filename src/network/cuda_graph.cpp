#include "batch_graph.hpp"
#include "semscope/core/errors.hpp"

#ifdef SEMSCOPE_CUDA_GRAPH
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <exception>
#endif

namespace semscope::network {

#ifdef SEMSCOPE_CUDA_GRAPH

namespace {

class RecordedBatch : public BatchGraph {
  public:
    RecordedBatch(const ScoresOf& network, const at::Tensor& images) : input_(images.clone()) {
        c10::cuda::getCurrentCUDAStream().synchronize();  // input_ is there
        const c10::cuda::CUDAStream aside = c10::cuda::getStreamFromPool(false, images.device().index());
        const c10::cuda::CUDAStreamGuard guard(aside);
        network(input_);
        aside.synchronize();
        record(network);
    }

    at::Tensor replay(const at::Tensor& images) override {
        // All in the current stream: the scores of one batch are copied before the next batch overwrites them.
        input_.copy_(images, /*non_blocking=*/true);
        graph_.replay();
        return scores_.clone();
    }

  private:
    void record(const ScoresOf& network) {
        // Only what this thread does counts: others do not use the GPU.
        graph_.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
        try {
            scores_ = network(input_);
        } catch (...) {
            abandon();
            throw;
        }
        graph_.capture_end();
    }

    /// Ends a recording that failed, so that the stream and the memory can be used again.
    void abandon() noexcept {
        try {
            graph_.capture_end();
        } catch (const std::exception&) {
            // It says again that the recording failed.
        }
        cudaGetLastError();  // which later calls would take for theirs
    }

    at::cuda::CUDAGraph graph_;  ///< holds the memory of the tensors between
    at::Tensor input_;
    at::Tensor scores_;
};

}  // namespace

std::unique_ptr<BatchGraph> capture_cuda_graph(const ScoresOf& network, const at::Tensor& images) {
    return std::make_unique<RecordedBatch>(network, images);
}

#else

std::unique_ptr<BatchGraph> capture_cuda_graph(const ScoresOf& /*network*/, const at::Tensor& /*images*/) {
    throw LibraryError(
        "semscope was built with a LibTorch without CUDA graphs (PyTorch 2.1 or later for CUDA has them)");
}

#endif

}  // namespace semscope::network
