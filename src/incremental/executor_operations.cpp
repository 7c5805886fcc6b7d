#include "executor.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <limits>

namespace semscope::incremental {

namespace {

constexpr int block_rows = 96;    ///< of gathered windows, which stay in the second-level cache
constexpr int block_depth = 384;  ///< numbers of a window at a time
constexpr int row_step = 12;      ///< the largest tile's rows

/// Where a thread gathers windows.
float* gathered() {
    static thread_local Buffer buffer(static_cast<std::size_t>(block_rows) * block_depth);
    return buffer.data();
}

}  // namespace

void Executor::convolve(const Operation& operation, const Packed& packed, DirtyMap& output) const {
    const auto threads = static_cast<std::size_t>(at::get_num_threads());
    // Blocks are cut by the number of threads, which the numbers do not depend on.
    const std::size_t rows = output.rows();
    const auto steps = static_cast<std::size_t>(divide_up(rows, threads * row_step));
    const std::size_t height = std::min<std::size_t>(block_rows, steps * row_step);
    const int down = divide_up(rows, height);
    const int panels = divide_up(static_cast<std::size_t>(packed.parts.front().outputs), panel_columns);
    int across = 1;
    if (packed.parts.size() == 1 && static_cast<std::size_t>(down) < threads)
        across = std::min((panels + 1) / 2, divide_up(threads, static_cast<std::size_t>(down)));
    const int wide = (panels / across + (panels % across == 0 ? 0 : 1) + 1) / 2 * 2;
    at::parallel_for(0, std::int64_t{down} * across, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t task = begin; task < end; ++task) {
            Block block;
            block.row = static_cast<std::size_t>(task / across) * height;
            block.rows = static_cast<int>(std::min(height, rows - block.row));
            block.panel = static_cast<int>(task % across) * wide;
            block.panels = across == 1 ? panels : std::min(wide, panels - block.panel);
            if (block.panels > 0) convolve_block(operation, packed, block, output);
        }
    });
}

void Executor::convolve_block(const Operation& operation, const Packed& packed, const Block& block,
                              DirtyMap& output) const {
    const Window& w = operation.window;
    const DirtyMap& input = map(operation.inputs[0]);
    const int channels = output.shape.channels;
    const std::int32_t* corners[block_rows];
    const float* residuals[block_rows];
    for (int i = 0; i < block.rows; ++i) {
        const Pixel& pixel = output.pixels[block.row + static_cast<std::size_t>(i)];
        corners[i] = input.entry(pixel, pixel.y * w.stride_y - w.pad_y, pixel.x * w.stride_x - w.pad_x);
        if (operation.residual >= 0) residuals[i] = map(operation.residual).numbers_at(pixel);
    }
    // The rows of the input as they stand, where the windows are pixels and both maps have the same dirty ones.
    const bool in_place = w.is_pixel() && input.rows() == output.rows();
    const auto first_row = static_cast<std::ptrdiff_t>(block.row) + 1;
    float* const rows = output.values.data() + first_row * channels;
    for (const Part& part : packed.parts) {
        const bool alone = packed.parts.size() == 1;
        const int first = alone ? block.panel * panel_columns : 0;
        const int begin = part.output_begin + first;  // of the channels that are made
        const float* of_rows[block_rows];
        for (int i = 0; i < block.rows && operation.residual >= 0; ++i) of_rows[i] = residuals[i] + begin;
        const std::ptrdiff_t panel = std::ptrdiff_t{part.depth} * panel_columns;
        for (int from = 0; from < part.depth; from += block_depth) {
            const int to = std::min(from + block_depth, part.depth);
            const bool last = to == part.depth;
            const float* a = input.values.data() + first_row * input.shape.channels + part.input_begin + from;
            if (!in_place) {
                kernels_.gather({.values = input.values.data() + part.input_begin,
                                 .stride = input.shape.channels,
                                 .corners = corners,
                                 .rows = block.rows,
                                 .channels = part.inputs,
                                 .width = w.width,
                                 .line = std::ptrdiff_t{w.dilation_y} * input.padded_width,
                                 .step = w.dilation_x,
                                 .begin = from,
                                 .end = to,
                                 .to = gathered(),
                                 .to_stride = block_depth});
                a = gathered();
            }
            kernels_.multiply(
                {.a = a,
                 .a_stride = in_place ? input.shape.channels : block_depth,
                 .b = part.weights.data() + first / panel_columns * panel + std::ptrdiff_t{from} * panel_columns,
                 .panel_stride = panel,
                 .depth = to - from,
                 .c = rows + begin,
                 .c_stride = channels,
                 .start = from == 0 ? packed.bias.data() + begin : nullptr,
                 .rows = block.rows,
                 .columns = alone ? std::min(block.panels * panel_columns, part.outputs - first) : part.outputs,
                 .residuals = last && operation.residual >= 0 ? of_rows : nullptr,
                 .activation = last ? operation.activation : Activation{}});
        }
    }
}

void Executor::run_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                        DirtyMap& output) const {
    if (operation.kind == Kind::scale) return scale_rows(operation, packed, begin, end, output);
    std::vector<const float*> taps(static_cast<std::size_t>(operation.window.taps()));
    for (std::size_t row = begin; row < end; ++row) {
        float* const out = output.values.data() + static_cast<std::ptrdiff_t>(row + 1) * output.shape.channels;
        if (operation.has_window())
            pool_row(operation, packed, row, output, taps);
        else
            join_row(operation, output.pixels[row], out);
        if (operation.activation.function != Function::none && operation.kind != Kind::depthwise)
            kernels_.finish(out, nullptr, out, output.shape.channels, operation.activation);
    }
}

/// One pixel of an operation that looks at each channel through a window.
void Executor::pool_row(const Operation& operation, const Packed& packed, std::size_t row, DirtyMap& output,
                        std::vector<const float*>& taps) const {
    const Window& w = operation.window;
    const DirtyMap& input = map(operation.inputs[0]);
    const Pixel& pixel = output.pixels[row];
    const std::int32_t* const corner =
        input.entry(pixel, pixel.y * w.stride_y - w.pad_y, pixel.x * w.stride_x - w.pad_x);
    int count = 0;
    for (int y = 0; y < w.height; ++y)
        for (int x = 0; x < w.width; ++x) {
            const std::int32_t of_row =
                corner[std::ptrdiff_t{y} * w.dilation_y * input.padded_width + std::ptrdiff_t{x} * w.dilation_x];
            // The padding has no part in a maximum.
            if (of_row != 0 || operation.kind != Kind::maximum)
                taps[static_cast<std::size_t>(count++)] = input.numbers(of_row);
        }
    const int channels = output.shape.channels;
    float* const out = output.values.data() + static_cast<std::ptrdiff_t>(row + 1) * channels;
    if (operation.kind == Kind::depthwise) {
        kernels_.weigh({.rows = taps.data(),
                        .count = count,
                        .weights = packed.weights.data(),
                        .bias = packed.bias.data(),
                        .out = out,
                        .channels = channels,
                        .activation = operation.activation});
    } else if (operation.kind == Kind::maximum && count == 0) {
        std::fill_n(out, channels, -std::numeric_limits<float>::infinity());
    } else if (operation.kind == Kind::maximum) {
        kernels_.maximum(taps.data(), count, out, channels);
    } else {
        const int divisor = divisor_of(operation, input.shape, pixel.y, pixel.x);
        kernels_.average(taps.data(), count, static_cast<float>(divisor), out, channels);
    }
}

/// Input and output have the same dirty pixels, and so the same rows.
void Executor::scale_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                          DirtyMap& output) const {
    const DirtyMap& input = map(operation.inputs[0]);
    const auto inputs = static_cast<std::size_t>(input.shape.channels);
    const auto outputs = static_cast<std::size_t>(output.shape.channels);
    const bool of_pixels = packed.weights.size() > outputs;
    for (std::size_t row = begin; row < end; ++row) {
        const Pixel& pixel = output.pixels[row];
        const std::size_t place =
            of_pixels ? static_cast<std::size_t>(pixel.y * output.shape.width + pixel.x) * outputs : 0;
        const float* const from = input.values.data() + (row + 1) * inputs;
        const float* const weights = packed.weights.data() + place;
        const float* const bias = packed.bias.data() + place;
        float* const out = output.values.data() + (row + 1) * outputs;
        if (operation.channels.empty())
            kernels_.scale(from, weights, bias, out, output.shape.channels);
        else
            for (std::size_t c = 0; c < outputs; ++c) out[c] = from[operation.channels[c]] * weights[c] + bias[c];
        if (operation.activation.function != Function::none)
            kernels_.finish(out, nullptr, out, output.shape.channels, operation.activation);
    }
}

/// One pixel of an operation that looks at the same pixel of its inputs.
void Executor::join_row(const Operation& operation, const Pixel& pixel, float* out) const {
    const auto numbers = [&](int input) {
        const DirtyMap& from = map(input);
        return from.shape.pixels() == 1 ? from.numbers_at({pixel.forward, 0, 0}) : from.numbers_at(pixel);
    };
    const float* const first = numbers(operation.inputs[0]);
    const int channels = map(operation.inputs[0]).shape.channels;
    switch (operation.kind) {
        case Kind::multiply:
            return kernels_.scale(first, numbers(operation.inputs[1]), nullptr, out, channels);
        case Kind::add:
            return kernels_.finish(first, numbers(operation.inputs[1]), out, channels, {});
        case Kind::take_channels:
            for (const int channel : operation.channels) *out++ = first[channel];
            return;
        case Kind::concatenate:
            for (const int input : operation.inputs) {
                const int count = map(input).shape.channels;
                kernels_.finish(numbers(input), nullptr, out, count, {});
                out += count;
            }
            return;
        default:
            return kernels_.finish(first, nullptr, out, channels, {});
    }
}

}  // namespace semscope::incremental
