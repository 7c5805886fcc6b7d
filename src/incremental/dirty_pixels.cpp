#include "dirty_pixels.hpp"

#include "semscope/core/parallel.hpp"

#include <algorithm>
#include <cstring>

namespace semscope::incremental {

namespace {

/// What the windows of an operation see beyond its input.
Padding padding_of(const Window& w, const Shape& in, const Shape& out) {
    const auto beyond = [](int outputs, int stride, int taps, int dilation, int pad, int inputs) {
        return std::max(0, (outputs - 1) * stride + (taps - 1) * dilation + 1 - pad - inputs);
    };
    return {w.pad_y, w.pad_x, beyond(out.height, w.stride_y, w.height, w.dilation_y, w.pad_y, in.height),
            beyond(out.width, w.stride_x, w.width, w.dilation_x, w.pad_x, in.width)};
}

}  // namespace

Layout::Layout(const Graph& graph) : sets_(graph), pixels_(sets_.size()) {
    for (std::size_t set = 0; set < pixels_.size(); ++set) {
        pixels_[set].height = sets_[set].height;
        pixels_[set].width = sets_[set].width;
    }
    for (const Operation& operation : graph.operations) {
        if (!operation.has_window()) continue;
        const auto shape = [&](int map) { return graph.maps[static_cast<std::size_t>(map)]; };
        const int input = operation.inputs[0];
        const Padding needed = padding_of(operation.window, shape(input), shape(operation.output));
        Padding& padding = pixels_[static_cast<std::size_t>(sets_.of_map(input))].padding;
        padding = {std::max(padding.top, needed.top), std::max(padding.left, needed.left),
                   std::max(padding.bottom, needed.bottom), std::max(padding.right, needed.right)};
    }
    for (DirtyPixels& each : pixels_) {
        each.padded_height = each.height + each.padding.top + each.padding.bottom;
        each.padded_width = each.width + each.padding.left + each.padding.right;
    }
}

void Layout::lay_out(const Group& group, std::span<const std::uint8_t> dirty, int threads) {
    const std::size_t forwards = group.forwards();
    for (DirtyPixels& each : pixels_) {
        each.dirty.resize(forwards * each.size());
        each.row.resize(forwards * static_cast<std::size_t>(each.padded_height * each.padded_width));
        each.first.resize(forwards + 1);
    }
    parallel_for_each(forwards, threads, [&](std::size_t f) {
        DirtyPixels& input = pixels_.front();
        if (!group.is_photo(f)) {
            std::memcpy(input.dirty_of(f), dirty.data() + f * input.size(), input.size());
            spread(f);
        }
        for (DirtyPixels& each : pixels_) {
            std::uint8_t* const own = each.dirty_of(f);
            if (group.is_photo(f)) std::memset(own, 1, each.size());
            each.first[f + 1] = static_cast<std::size_t>(std::count(own, own + each.size(), 1));
        }
    });
    for (DirtyPixels& each : pixels_) {
        for (std::size_t f = 0; f < forwards; ++f) each.first[f + 1] += each.first[f];
        each.pixels.resize(each.first.back());
    }
    parallel_for_each(forwards, threads, [&](std::size_t f) { number(f, static_cast<std::size_t>(group.base[f])); });
}

std::size_t Layout::bytes() const {
    std::size_t sum = 0;
    for (const DirtyPixels& each : pixels_)
        sum +=
            each.dirty.capacity() + sizeof(std::int32_t) * each.row.capacity() + sizeof(Pixel) * each.pixels.capacity();
    return sum;
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

void spread_window(const Window& w, const DirtyPixels& in, std::size_t forward, DirtyPixels& out) {
    thread_local std::vector<std::uint8_t> lines;
    lines.assign(static_cast<std::size_t>(in.height) * static_cast<std::size_t>(out.width), 0);
    for (int y = 0; y < in.height; ++y) {
        const std::uint8_t* const from = in.dirty_of(forward) + std::ptrdiff_t{y} * in.width;
        if (std::memchr(from, 1, static_cast<std::size_t>(in.width)) != nullptr)
            spread_line(w, from, in.width, lines.data() + std::ptrdiff_t{y} * out.width, out.width);
    }
    for (int y = 0; y < out.height; ++y)
        for (int tap = 0; tap < w.height; ++tap) {
            const int line = y * w.stride_y + tap * w.dilation_y - w.pad_y;
            if (line < 0 || line >= in.height) continue;
            std::uint8_t* const to = out.dirty_of(forward) + std::ptrdiff_t{y} * out.width;
            const std::uint8_t* const from = lines.data() + std::ptrdiff_t{line} * out.width;
            for (int x = 0; x < out.width; ++x) to[x] |= from[x];
        }
}

/// Of the same size, or of one pixel that stands for all.
void join(const DirtyPixels& in, std::size_t forward, DirtyPixels& out) {
    std::uint8_t* const to = out.dirty_of(forward);
    const std::uint8_t* const from = in.dirty_of(forward);
    if (in.size() != out.size()) {
        if (*from != 0) std::memset(to, 1, out.size());
        return;
    }
    for (std::size_t i = 0; i < out.size(); ++i) to[i] |= from[i];
}

}  // namespace

/// From the first set, that of the input, to all others of a variant.
void Layout::spread(std::size_t forward) {
    for (std::size_t i = 1; i < pixels_.size(); ++i) {
        const DirtySet& set = sets_[i];
        DirtyPixels& own = pixels_[i];
        std::memset(own.dirty_of(forward), 0, own.size());
        if (set.seen >= 0) spread_window(set.window, pixels_[static_cast<std::size_t>(set.seen)], forward, own);
        for (const int joined : set.joined) join(pixels_[static_cast<std::size_t>(joined)], forward, own);
    }
}

/// Gives the pixels of a forward their rows.
void Layout::number(std::size_t forward, std::size_t photo) {
    for (DirtyPixels& each : pixels_) {
        const std::size_t padded = static_cast<std::size_t>(each.padded_height * each.padded_width);
        std::fill_n(each.row.begin() + static_cast<std::ptrdiff_t>(forward * padded), padded, 0);
        const std::uint8_t* is_dirty = each.dirty_of(forward);
        Pixel pixel{static_cast<std::int32_t>(forward), 0, 0};
        auto next = static_cast<std::int32_t>(each.first[forward]);
        auto of_photo = static_cast<std::int32_t>(each.first[photo]) + 1;
        for (int y = 0; y < each.height; ++y) {
            auto* const line = const_cast<std::int32_t*>(each.entry(pixel, y, 0));
            for (int x = 0; x < each.width; ++x, ++of_photo, ++is_dirty) {
                if (*is_dirty == 0) {
                    line[x] = of_photo;
                    continue;
                }
                each.pixels[static_cast<std::size_t>(next)] = {pixel.forward, static_cast<std::int16_t>(y),
                                                               static_cast<std::int16_t>(x)};
                line[x] = ++next;
            }
        }
    }
}

}  // namespace semscope::incremental
