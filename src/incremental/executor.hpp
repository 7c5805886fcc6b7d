#pragma once

#include "dirty_map.hpp"
#include "graph.hpp"
#include "group_executor.hpp"
#include "kernel_names.hpp"
#include "steps.hpp"

#include <optional>
#include <span>
#include <vector>

namespace semscope::incremental {

/// A GroupExecutor of the CPU, with kernels of its own. A forward has the same bits with any number of threads.
class Executor : public GroupExecutor {
  public:
    /// Takes the weights out of the graph, packed for `kernels`.
    Executor(Graph graph, const Kernels& kernels);

    at::Tensor run(GroupInput input) override;
    std::string description() const override { return std::string(kernels_.name) + " kernels"; }

    double flops_done() const noexcept override { return flops_done_; }
    double flops_of_all() const noexcept override { return flops_of_all_; }
    std::size_t largest_bytes() const noexcept override { return largest_bytes_; }

  private:
    /// Some output channels of a convolution and the input channels that they read.
    struct Part {
        int input_begin = 0, inputs = 0;
        int output_begin = 0, outputs = 0;
        int depth = 0;         ///< inputs * taps
        Buffer weights;        ///< [panel][depth][16]
        BufferOf<Pair> pairs;  ///< in their place with kernels for bf16: [panel][half the depth, rounded up][16]
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

    /// A depthwise convolution whose output is made block by block, for the product that reads it.
    struct Depthwise {
        const Operation& operation;
        const Packed& packed;
        const DirtyMap& input;
        RowPlaces places;  ///< of the input
    };
    /// Rows of the output of a convolution.
    struct Rows {
        const Operation& operation;
        const Packed& packed;
        const DirtyMap& output;                ///< which may have the channels of others beside those of `operation`
        std::size_t begin = 0, end = 0;        ///< in `output.pixels()`
        float* to = nullptr;                   ///< the first of these rows, at the first channel of `operation`
        const Depthwise* depthwise = nullptr;  ///< what makes the input; null = the map of the input is there
    };

    Packed pack(const Operation& operation) const;
    void pack_pairs(Part& part) const;
    void run(std::size_t step, const Group& group);

    bool passes_by(const Step& step) const;
    bool writes_into_concatenation(const Step& step) const;
    void run_by_forward(const Step& step, const Group& group);
    Depthwise depthwise_of(const Step& step, const RowPlaces& places) const;
    void convolve_all(std::size_t operation, DirtyMap& output, int first_channel = 0,
                      const std::optional<Depthwise>& depthwise = {});
    void convolve(const Rows& rows, std::size_t threads) const;
    void convolve_few(const Rows& rows, int panels, std::size_t threads) const;
    void convolve_block(const Rows& rows, const Block& block) const;
    void multiply(const Part& part, int panel, int from, Product product) const;
    void weigh(const Depthwise& depthwise, std::span<const Pixel> pixels, int first_channel, int channels, float* to,
               std::ptrdiff_t to_stride) const;

    void run_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                  DirtyMap& output) const;
    void pool_row(const Operation& operation, std::size_t row, DirtyMap& output, std::vector<const float*>& taps) const;
    void join_row(const Operation& operation, const Pixel& pixel, float* out) const;
    void scale_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                    DirtyMap& output) const;
    const DirtyMap& map(int index) const { return maps_[static_cast<std::size_t>(index)]; }
    at::Tensor take_output(const Group& group) const;
    void count(const Operation& operation, const DirtyMap& output, std::size_t forwards);

    Graph graph_;
    const Kernels& kernels_;
    std::vector<Step> steps_;
    Layout layout_;
    std::vector<Packed> packed_;
    std::vector<std::vector<int>> last_uses_;
    std::vector<DirtyMap> maps_;
    double flops_done_ = 0, flops_of_all_ = 0;
    std::size_t largest_bytes_ = 0;
    std::size_t passing_bytes_ = 0;  ///< of the maps of a step that are made forward by forward
};

}  // namespace semscope::incremental
