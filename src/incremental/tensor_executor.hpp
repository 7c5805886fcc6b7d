#pragma once

#include "dirty_tensors.hpp"
#include "group_executor.hpp"

#include <c10/core/Device.h>

#include <memory>
#include <vector>

namespace semscope::incremental {

/// What a TensorExecutor may use.
struct TensorLimits {
    int batch = 0;             ///< forwards of the largest group
    std::uint64_t memory = 0;  ///< bytes for the feature maps of a group; 0 = not known, so that groups are of `batch`
};

/// A GroupExecutor of tensor operations, for a GPU; it runs on a CPU too, for tests.
///
/// The dirty pixels of a map are rows of a matrix. A convolution gathers the inputs of so many rows, a block, and
/// multiplies them with the weights. A block has a fixed number of rows, the last one padded, so that the library
/// computes all of them with the same kernel: a row has the same bits whatever stands beside it and however many there
/// are. The number depends on the operation and on `batch`. No operation adds in an order of its own choice (atomics).
///
/// The host waits for the device once a group, for the numbers of dirty pixels; everything else is queued.
class TensorExecutor : public GroupExecutor {
  public:
    /// Takes the weights out of the graph and puts them on the device.
    TensorExecutor(Graph graph, c10::Device device, const TensorLimits& limits);

    at::Tensor run(GroupInput input) override;
    std::string description() const override;
    std::size_t largest_group() const override { return largest_group_; }
    double flops_done() const noexcept override { return flops_done_; }
    double flops_of_all() const noexcept override { return flops_of_all_; }
    std::size_t largest_bytes() const noexcept override { return largest_bytes_; }

  private:
    /// What an operation has on the device.
    struct Constants {
        at::Tensor weights;  ///< convolution [taps*C,N], of groups [groups,taps*C/groups,N/groups]; depthwise [taps,C];
                             ///< scale [1,C] or [pixels,C]
        at::Tensor bias;     ///< [N], of a scale as its weights; undefined = none
        at::Tensor channels;     ///< int64
        at::Tensor offsets;      ///< int64 [taps]: of each tap, in the padded row map
        at::Tensor divisors;     ///< of an average [pixels,1]
        std::int64_t block = 1;  ///< rows at a time
    };
    struct Map {
        Shape shape;
        std::shared_ptr<const Rows> rows;
        at::Tensor values;  ///< [rows + 2,channels]: those of the dirty pixels, zeros, the lowest numbers
        at::Tensor dirty_values() const { return values.narrow(0, 0, rows->count); }
    };
    /// Of the group that is run.
    struct Sets {
        std::vector<at::Tensor> masks;
        std::vector<std::int64_t> dirty;
        std::vector<std::weak_ptr<const Rows>> rows;
        at::Tensor base;
        int depth = 0;  ///< bases between a forward and its photo, at most
    };

    Constants constants_of(const Operation& operation) const;
    Sets spread(const GroupInput& input) const;
    std::shared_ptr<const Rows> rows_of(int map, Sets& sets) const;
    Map blank(int map, Sets& sets) const;
    void run(const Operation& operation, const Constants& constants, Map& output) const;
    void run_windows(const Operation& operation, const Constants& constants, Map& output) const;
    void run_pixels(const Operation& operation, const Constants& constants, Map& output) const;
    at::Tensor values_for(int map, const Rows& rows) const;
    void count(const Operation& operation, const Rows& rows, std::size_t forwards);
    std::uint64_t bytes() const;
    std::uint64_t bytes_of_forward() const;
    const Shape& shape(int map) const { return graph_.maps[static_cast<std::size_t>(map)]; }
    const Map& map(int index) const { return maps_[static_cast<std::size_t>(index)]; }

    Graph graph_;
    c10::Device device_;
    int batch_;
    DirtySets sets_;
    std::vector<std::int64_t> blocks_;  ///< of each set, the rows of its largest block
    std::vector<Constants> constants_;
    std::vector<std::vector<int>> last_uses_;
    at::Tensor edges_;  ///< [2,1]: zero and the lowest number
    std::vector<Map> maps_;
    std::size_t largest_group_ = 0;
    double flops_done_ = 0, flops_of_all_ = 0;
    std::size_t largest_bytes_ = 0;
};

}  // namespace semscope::incremental
