#include "dirty_map.hpp"

#include "semscope/core/parallel.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace semscope::incremental {

namespace {

const DirtyMap& at(const std::vector<DirtyMap>& maps, int map) { return maps[static_cast<std::size_t>(map)]; }

template <class Body>
void for_each_forward(const Group& group, Body&& body) {
    parallel_for_each(group.forwards(), at::get_num_threads(), body);
}

}  // namespace

std::vector<Padding> find_padding(const Graph& graph) {
    std::vector<Padding> padding(graph.maps.size());
    for (const Operation& operation : graph.operations) {
        if (!operation.has_window()) continue;
        const Window& w = operation.window;
        const Shape& in = graph.maps[static_cast<std::size_t>(operation.inputs[0])];
        const Shape& out = graph.maps[static_cast<std::size_t>(operation.output)];
        Padding& p = padding[static_cast<std::size_t>(operation.inputs[0])];
        const auto beyond = [](int outputs, int stride, int taps, int dilation, int pad, int inputs) {
            return (outputs - 1) * stride + (taps - 1) * dilation + 1 - pad - inputs;
        };
        p.top = std::max(p.top, w.pad_y);
        p.left = std::max(p.left, w.pad_x);
        p.bottom = std::max(p.bottom, beyond(out.height, w.stride_y, w.height, w.dilation_y, w.pad_y, in.height));
        p.right = std::max(p.right, beyond(out.width, w.stride_x, w.width, w.dilation_x, w.pad_x, in.width));
    }
    return padding;
}

DirtyMap::DirtyMap(const Shape& of, const Padding& around, std::size_t forwards)
    : shape(of),
      padding(around),
      padded_height(of.height + around.top + around.bottom),
      padded_width(of.width + around.left + around.right),
      dirty(forwards * of.pixels()) {}

void DirtyMap::lay_out(const Group& group) {
    const std::size_t size = shape.pixels();
    std::vector<std::size_t> count(group.forwards());
    for_each_forward(group, [&](std::size_t f) {
        if (group.is_photo(f)) std::memset(dirty_of(f), 1, size);
        count[f] = std::accumulate(dirty_of(f), dirty_of(f) + size, std::size_t{0});
    });
    first.assign(1, 0);
    for (const std::size_t each : count) first.push_back(first.back() + each);
    pixels.resize(first.back());
    row.assign(group.forwards() * static_cast<std::size_t>(padded_height) * static_cast<std::size_t>(padded_width), 0);
    for_each_forward(group, [&](std::size_t f) {
        const std::uint8_t* is_dirty = dirty_of(f);
        Pixel pixel{static_cast<std::int32_t>(f), 0, 0};
        auto next = static_cast<std::int32_t>(first[f]);
        auto of_photo = static_cast<std::int32_t>(first[static_cast<std::size_t>(group.base[f])]) + 1;
        for (int y = 0; y < shape.height; ++y) {
            auto* const line = const_cast<std::int32_t*>(entry(pixel, y, 0));
            for (int x = 0; x < shape.width; ++x, ++of_photo, ++is_dirty) {
                if (*is_dirty == 0) {
                    line[x] = of_photo;
                    continue;
                }
                pixels[static_cast<std::size_t>(next)] = {pixel.forward, static_cast<std::int16_t>(y),
                                                          static_cast<std::int16_t>(x)};
                line[x] = ++next;
            }
        }
    });
}

void DirtyMap::make_values() {
    values = Buffer((rows() + 1) * static_cast<std::size_t>(shape.channels));
    std::fill_n(values.data(), shape.channels, 0.0F);
}

RowPlaces places_of(const DirtyMap& map) {
    return {.zeros = map.values.data(), .own = map.values.data(), .channels = map.shape.channels};
}

namespace {

/// The outputs of a line whose window holds a dirty input: `to` gets a 1 for each.
void spread_line(const Window& w, const std::uint8_t* from, int inputs, std::uint8_t* to, int outputs) {
    for (int tap = 0; tap < w.width; ++tap) {
        const int shift = tap * w.dilation_x - w.pad_x;
        // The outputs x with 0 <= x * stride + shift < inputs.
        const int begin = shift >= 0 ? 0 : (-shift + w.stride_x - 1) / w.stride_x;
        const int end = std::min(outputs, inputs <= shift ? 0 : (inputs - shift - 1) / w.stride_x + 1);
        for (int x = begin; x < end; ++x) to[x] |= from[x * w.stride_x + shift];
    }
}

void spread_window(const Window& w, const DirtyMap& input, std::size_t forward, DirtyMap& output) {
    const Shape& in = input.shape;
    const Shape& out = output.shape;
    std::vector<std::uint8_t> lines(static_cast<std::size_t>(in.height) * static_cast<std::size_t>(out.width));
    for (int y = 0; y < in.height; ++y) {
        const std::uint8_t* const from = input.dirty_of(forward) + std::ptrdiff_t{y} * in.width;
        if (std::memchr(from, 1, static_cast<std::size_t>(in.width)) != nullptr)
            spread_line(w, from, in.width, lines.data() + std::ptrdiff_t{y} * out.width, out.width);
    }
    for (int y = 0; y < out.height; ++y)
        for (int tap = 0; tap < w.height; ++tap) {
            const int line = y * w.stride_y + tap * w.dilation_y - w.pad_y;
            if (line < 0 || line >= in.height) continue;
            std::uint8_t* const to = output.dirty_of(forward) + std::ptrdiff_t{y} * out.width;
            const std::uint8_t* const from = lines.data() + std::ptrdiff_t{line} * out.width;
            for (int x = 0; x < out.width; ++x) to[x] |= from[x];
        }
}

/// An input of the same map, or of one pixel that stands for all.
void spread_pixels(const DirtyMap& input, std::size_t forward, DirtyMap& output) {
    const std::size_t size = output.shape.pixels();
    std::uint8_t* const to = output.dirty_of(forward);
    const std::uint8_t* const from = input.dirty_of(forward);
    if (!input.shape.same_map(output.shape)) {
        if (*from != 0) std::memset(to, 1, size);
        return;
    }
    for (std::size_t i = 0; i < size; ++i) to[i] |= from[i];
}

}  // namespace

void spread(const Operation& operation, const Group& group, const std::vector<DirtyMap>& maps, DirtyMap& output) {
    for_each_forward(group, [&](std::size_t f) {
        if (group.is_photo(f)) return;  // all of it is dirty
        if (operation.has_window() && !operation.window.is_pixel())
            spread_window(operation.window, at(maps, operation.inputs[0]), f, output);
        else
            for (const int input : operation.inputs) spread_pixels(at(maps, input), f, output);
        if (operation.residual >= 0) spread_pixels(at(maps, operation.residual), f, output);
    });
}

}  // namespace semscope::incremental
