#include "dirty_tensors.hpp"

#include <torch/types.h>

#include <algorithm>

namespace semscope::incremental {

Margin margin_of(const Window& window, std::int64_t in_height, std::int64_t in_width, const Shape& output) {
    const auto beyond = [](std::int64_t outputs, int stride, int taps, int dilation, int pad, std::int64_t inputs) {
        return std::max<std::int64_t>(0, (outputs - 1) * stride + (taps - 1) * dilation + 1 - pad - inputs);
    };
    return {window.pad_y, window.pad_x,
            beyond(output.height, window.stride_y, window.height, window.dilation_y, window.pad_y, in_height),
            beyond(output.width, window.stride_x, window.width, window.dilation_x, window.pad_x, in_width)};
}

namespace {

/// Which windows hold a dirty pixel.
at::Tensor see(const DirtySet& set, const at::Tensor& mask) {
    const Window& w = set.window;
    if (set.pixels() == 1 && w.pad_y == 0 && w.pad_x == 0 && w.height == mask.size(1) && w.width == mask.size(2))
        return mask.flatten(1).any(1).view({-1, 1, 1});
    const Margin m = margin_of(w, mask.size(1), mask.size(2), {1, set.height, set.width});
    const at::Tensor padded = at::constant_pad_nd(mask.to(at::kFloat), {m.left, m.right, m.top, m.bottom});
    const at::Tensor seen = at::max_pool2d(padded.unsqueeze(1), {w.height, w.width}, {w.stride_y, w.stride_x}, {0, 0},
                                           {w.dilation_y, w.dilation_x});
    return seen.squeeze(1).narrow(1, 0, set.height).narrow(2, 0, set.width).gt(0);
}

}  // namespace

std::vector<at::Tensor> spread(const DirtySets& sets, const at::Tensor& input, const at::Tensor& is_photo) {
    const at::Tensor photos = is_photo.view({-1, 1, 1});
    std::vector<at::Tensor> masks;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const DirtySet& set = sets[i];
        at::Tensor mask = photos;
        if (masks.empty()) mask = mask.logical_or(input);
        if (set.seen >= 0) mask = mask.logical_or(see(set, masks[static_cast<std::size_t>(set.seen)]));
        for (const int joined : set.joined) mask = mask.logical_or(masks[static_cast<std::size_t>(joined)]);
        masks.push_back(mask.expand({is_photo.size(0), set.height, set.width}).contiguous());
    }
    return masks;
}

Rows::Rows(const at::Tensor& mask, const at::Tensor& base, int depth, std::int64_t dirty_pixels, std::int64_t block)
    : dirty(dirty_pixels),
      count((dirty_pixels + block - 1) / block * block),
      height(static_cast<int>(mask.size(1))),
      width(static_cast<int>(mask.size(2))) {
    const std::int64_t size = std::int64_t{height} * width;
    const at::Tensor counted = mask.flatten().cumsum(0, at::kInt);
    // The pixel where the count comes to a row's number; nonzero would wait for the device.
    const at::Tensor numbers = torch::arange(1, count + 1, counted.options()).clamp_max_(dirty);
    const at::Tensor pixels = at::searchsorted(counted, numbers);
    forward = pixels.div(size, "floor");
    const at::Tensor in_map = pixels - forward * size;
    y = in_map.div(width, "floor");
    x = in_map - y * width;
    const at::Tensor own = (counted - 1).view({-1, size});
    row = at::where(mask.flatten(1), own, own.index_select(0, base));
    if (depth > 1) {
        // Which forward has the numbers of each pixel; each step goes twice as far along the bases.
        const at::Tensor forwards = torch::arange(base.size(0), base.options());
        at::Tensor owner = at::where(mask.flatten(1), forwards.view({-1, 1}), base.view({-1, 1}));
        for (int reach = 1; reach < depth; reach *= 2) owner = owner.gather(0, owner);
        row = own.gather(0, owner);
    }
    row = row.view(mask.sizes());
}

std::uint64_t Rows::most_bytes(std::int64_t pixels) {
    return static_cast<std::uint64_t>(pixels) * (sizeof(std::int32_t) + 3 * sizeof(std::int64_t));
}

std::uint64_t Rows::bytes() const { return row.nbytes() + forward.nbytes() + y.nbytes() + x.nbytes(); }

}  // namespace semscope::incremental
