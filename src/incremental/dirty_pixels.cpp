#include "dirty_pixels.hpp"

#include "semscope/core/parallel.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

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

std::vector<int> Group::depths() const {
    std::vector<int> depths;
    for (std::size_t f = 0; f < forwards(); ++f) {
        int depth = 0;
        for (std::size_t at = f; !is_photo(at); at = static_cast<std::size_t>(base[at])) ++depth;
        depths.push_back(depth);
    }
    return depths;
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
            const std::uint8_t* const own = each.dirty_of(f);
            const std::ptrdiff_t count =
                group.is_photo(f) ? static_cast<std::ptrdiff_t>(each.size()) : std::count(own, own + each.size(), 1);
            each.first[f + 1] = static_cast<std::size_t>(count);
        }
    });
    for (DirtyPixels& each : pixels_) {
        for (std::size_t f = 0; f < forwards; ++f) each.first[f + 1] += each.first[f];
        each.pixels.resize(each.first.back());
    }
    const std::vector<int> depths = group.depths();
    for (int depth = 0, left = static_cast<int>(forwards); left > 0; ++depth) {
        std::vector<std::size_t> next;  // whose bases have their rows
        for (std::size_t f = 0; f < forwards; ++f)
            if (depths[f] == depth) next.push_back(f);
        left -= static_cast<int>(next.size());
        parallel_for_each(next.size(), threads, [&](std::size_t i) { number(next[i], group); });
    }
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
    thread_local std::vector<bool> any;  // a dirty pixel in a line
    lines.assign(static_cast<std::size_t>(in.height) * static_cast<std::size_t>(out.width), 0);
    any.assign(static_cast<std::size_t>(in.height), false);
    for (int y = 0; y < in.height; ++y) {
        const std::uint8_t* const from = in.dirty_of(forward) + std::ptrdiff_t{y} * in.width;
        if (std::memchr(from, 1, static_cast<std::size_t>(in.width)) == nullptr) continue;
        any[static_cast<std::size_t>(y)] = true;
        spread_line(w, from, in.width, lines.data() + std::ptrdiff_t{y} * out.width, out.width);
    }
    for (int y = 0; y < out.height; ++y)
        for (int tap = 0; tap < w.height; ++tap) {
            const int line = y * w.stride_y + tap * w.dilation_y - w.pad_y;
            if (line < 0 || line >= in.height || !any[static_cast<std::size_t>(line)]) continue;
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

namespace {

/// The end of the pixels from `begin` on that all are dirty, or all not, as the first one.
int end_of_run(const std::uint8_t* dirty, int begin, int width) {
    const auto* const end = static_cast<const std::uint8_t*>(
        std::memchr(dirty + begin, dirty[begin] == 0 ? 1 : 0, static_cast<std::size_t>(width - begin)));
    return end == nullptr ? width : static_cast<int>(end - dirty);
}

}  // namespace

/// Gives the pixels of a forward their rows. The padding has row 0 since there is a row map.
void Layout::number(std::size_t forward, const Group& group) {
    const bool is_photo = group.is_photo(forward);
    for (DirtyPixels& each : pixels_) {
        const std::uint8_t* dirty = each.dirty_of(forward);
        const auto own = static_cast<std::int32_t>(forward);
        auto next = static_cast<std::int32_t>(each.first[forward]) + 1;
        for (int y = 0; y < each.height; ++y, dirty += each.width) {
            auto* const line = const_cast<std::int32_t*>(each.entry({own, 0, 0}, y, 0));
            const std::int32_t* const of_base = each.entry({group.base[forward], 0, 0}, y, 0);
            for (int x = 0; x < each.width;) {
                const int begin = x;
                x = is_photo ? each.width : end_of_run(dirty, begin, each.width);
                if (!is_photo && dirty[begin] == 0) {
                    std::copy(of_base + begin, of_base + x, line + begin);
                    continue;
                }
                std::iota(line + begin, line + x, next);
                Pixel* const pixels = each.pixels.data() + (next - 1);
                for (int i = begin; i < x; ++i)
                    pixels[i - begin] = {own, static_cast<std::int16_t>(y), static_cast<std::int16_t>(i)};
                next += x - begin;
            }
        }
    }
}

}  // namespace semscope::incremental
