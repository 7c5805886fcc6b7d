#pragma once

#include "dirty_map.hpp"
#include "group_executor.hpp"
#include "packed_graph.hpp"

#include <atomic>
#include <optional>
#include <span>
#include <vector>

namespace semscope::incremental {

/// The compute threads of groups that run at once. Each group has one; threads without a group help the others.
struct SharedThreads {
    int all = 1;
    std::atomic<int> busy = 0;  ///< threads that have a group

    /// How many may work on one group now.
    std::size_t of_group() const { return busy < all ? static_cast<std::size_t>(all) : 1; }
};

/// Runs one group after the other on the kernels of a packed graph. Several run at once, each object one group.
class GroupRun {
  public:
    /// `packed` must outlive the object.
    explicit GroupRun(const PackedGraph& packed);

    /// Writes the output map of each forward, [forwards][height][width][channels].
    void run(GroupInput input, const SharedThreads& threads, float* to);

    double flops_done() const noexcept { return flops_done_; }
    double flops_of_all() const noexcept { return flops_of_all_; }
    std::size_t largest_bytes() const noexcept { return largest_bytes_; }

  private:
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

    void run_step(std::size_t step, const Group& group);

    bool passes_by(const Step& step, const Group& group) const;
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
    std::size_t threads() const { return threads_->of_group(); }
    void copy_output(const Group& group, float* to) const;
    void count(const Operation& operation, const DirtyMap& output, std::size_t forwards);

    const Graph& graph_;
    const Kernels& kernels_;
    const std::vector<Step>& steps_;
    const std::vector<std::vector<int>>& last_uses_;
    const std::vector<Packed>& packed_;
    Layout layout_;
    std::vector<DirtyMap> maps_;
    const SharedThreads* threads_ = nullptr;
    double flops_done_ = 0, flops_of_all_ = 0;
    std::size_t largest_bytes_ = 0;
    std::size_t passing_bytes_ = 0;  ///< of the maps of a step that are made forward by forward
};

}  // namespace semscope::incremental
