#pragma once

#include "dirty_map.hpp"
#include "graph.hpp"
#include "group_executor.hpp"
#include "kernels.hpp"

#include <span>
#include <vector>

namespace semscope::incremental {

/// How many parts of b make a, the last one being smaller.
inline int divide_up(std::size_t a, std::size_t b) { return static_cast<int>((a + b - 1) / b); }

/// A GroupExecutor of the CPU, with kernels of its own. A forward has the same bits with any number of threads.
class Executor : public GroupExecutor {
  public:
    /// Takes the weights out of the graph, packed for `kernels`.
    Executor(Graph graph, const Kernels& kernels);

    at::Tensor run(const GroupInput& input) override;
    std::string description() const override { return std::string(kernels_.name) + " kernels"; }

    double flops_done() const noexcept override { return flops_done_; }
    double flops_of_all() const noexcept override { return flops_of_all_; }
    std::size_t largest_bytes() const noexcept override { return largest_bytes_; }

  private:
    /// Some output channels of a convolution and the input channels that they read.
    struct Part {
        int input_begin = 0, inputs = 0;
        int output_begin = 0, outputs = 0;
        int depth = 0;   ///< inputs * taps
        Buffer weights;  ///< [panel][depth][16]
    };
    struct Packed {
        std::vector<Part> parts;
        Buffer weights, bias;  ///< depthwise [taps][channels], scale as in the operation; bias 0 where there is none
    };
    /// Rows and panels of an output that one thread makes at a time.
    struct Block {
        std::size_t row = 0;
        int rows = 0;
        int panel = 0, panels = 0;
    };

    Packed pack(const Operation& operation) const;
    void run(const Operation& operation, const Packed& packed, const Group& group);
    void convolve(const Operation& operation, const Packed& packed, DirtyMap& output) const;
    void convolve_block(const Operation& operation, const Packed& packed, const Block& block, DirtyMap& output) const;
    void run_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                  DirtyMap& output) const;
    void pool_row(const Operation& operation, const Packed& packed, std::size_t row, DirtyMap& output,
                  std::vector<const float*>& taps) const;
    void join_row(const Operation& operation, const Pixel& pixel, float* out) const;
    void scale_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                    DirtyMap& output) const;
    const DirtyMap& map(int index) const { return maps_[static_cast<std::size_t>(index)]; }
    at::Tensor take_output(const Group& group) const;
    void count(const Operation& operation, const DirtyMap& output, std::size_t forwards);

    Graph graph_;
    const Kernels& kernels_;
    std::vector<Padding> padding_;
    std::vector<Packed> packed_;
    std::vector<std::vector<int>> last_uses_;
    std::vector<DirtyMap> maps_;
    double flops_done_ = 0, flops_of_all_ = 0;
    std::size_t largest_bytes_ = 0;
};

}  // namespace semscope::incremental
