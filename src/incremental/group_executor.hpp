#pragma once

#include "dirty_pixels.hpp"
#include "kernel_names.hpp"

#include <ATen/core/Tensor.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace semscope::incremental {

/// What a group of forwards changes of its photos: `dirty` and `pixels` for an Executor, or the images themselves for a
/// TensorExecutor, which compares them on its device.
struct GroupInput {
    Group group;
    /// [forwards][pixels of the input]: 1 where a variant changes a pixel, else 0; not read of a photo.
    BufferOf<std::uint8_t> dirty;
    /// The first map: a row of zeros, then the dirty pixels, all of a photo; forward by forward, line by line.
    /// [1 + n][channels]
    Buffer pixels;
    at::Tensor images;  ///< [forwards,height,width,channels], float32 on the device
};

/// Runs a graph on the dirty pixels of photos and their variants. All calls are local. A forward has the same bits in
/// every group.
class GroupExecutor {
  public:
    GroupExecutor() = default;
    virtual ~GroupExecutor() = default;
    GroupExecutor(const GroupExecutor&) = delete;
    GroupExecutor& operator=(const GroupExecutor&) = delete;

    /// The output map of each forward, float32 [forwards,height,width,channels] on the device of the executor.
    virtual at::Tensor run(GroupInput input) = 0;

    /// The same for each of the groups.
    virtual std::vector<at::Tensor> run_all(std::vector<GroupInput> inputs) {
        std::vector<at::Tensor> maps;
        for (GroupInput& input : inputs) maps.push_back(run(std::move(input)));
        return maps;
    }

    /// The groups that run_all() runs at the same time.
    virtual std::size_t groups_at_once() const { return 1; }

    /// What it computes with, for the log.
    virtual std::string description() const = 0;

    /// The most forwards of a group that the memory has room for.
    virtual std::size_t largest_group() const { return std::numeric_limits<std::size_t>::max(); }

    /// Of the groups that were run: floating-point operations, and what they were with all pixels of all forwards.
    virtual double flops_done() const noexcept = 0;
    virtual double flops_of_all() const noexcept = 0;
    /// The largest number of bytes that the feature maps of the groups that run at once took.
    virtual std::size_t largest_bytes() const noexcept = 0;
};

}  // namespace semscope::incremental
