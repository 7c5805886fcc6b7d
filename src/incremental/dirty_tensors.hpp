#pragma once

#include "dirty_sets.hpp"

#include <ATen/core/Tensor.h>

#include <vector>

/// Dirty pixels as tensors of a device. What DirtyPixels are to an Executor, these are to a TensorExecutor.
namespace semscope::incremental {

/// The masks of all sets, bool [forwards,height,width]. `input`: that of the graph's input; `is_photo`: bool
/// [forwards], all of whose pixels are dirty.
std::vector<at::Tensor> spread(const DirtySets& sets, const at::Tensor& input, const at::Tensor& is_photo);

/// Pixels of a window beyond a map on each side.
struct Margin {
    std::int64_t top = 0, left = 0, bottom = 0, right = 0;
};
Margin margin_of(const Window& window, std::int64_t in_height, std::int64_t in_width, const Shape& output);

/// The rows in which the numbers of dirty pixels stand. Their number is a multiple of some block; rows without a pixel
/// of their own repeat the last one.
struct Rows {
    std::int64_t dirty = 0;  ///< pixels
    std::int64_t count = 0;  ///< with the repeated ones
    int height = 0, width = 0;
    at::Tensor row;            ///< int32 [forwards,height,width]: of each pixel, where it is not dirty that of its base
    at::Tensor forward, y, x;  ///< int64 [count]: the pixel of each row

    /// `mask`: bool [forwards,height,width] with `dirty` pixels, at least one; `base`: int64 [forwards], the base of
    /// each forward, through at most `depth` of which each comes to its photo. Queues work on their device and waits
    /// for nothing.
    Rows(const at::Tensor& mask, const at::Tensor& base, int depth, std::int64_t dirty, std::int64_t block);

    /// Bytes of the tensors of so many forwards of `pixels` with all pixels dirty, and as they are.
    static std::uint64_t most_bytes(std::int64_t pixels);
    std::uint64_t bytes() const;
};

}  // namespace semscope::incremental
