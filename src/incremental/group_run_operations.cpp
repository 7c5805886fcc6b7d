#include "group_run.hpp"

#include <algorithm>
#include <limits>

namespace semscope::incremental {

void GroupRun::run_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                        DirtyMap& output) const {
    if (operation.kind == Kind::scale) return scale_rows(operation, packed, begin, end, output);
    if (operation.kind == Kind::depthwise) {
        const DirtyMap& input = map(operation.inputs[0]);
        const std::ptrdiff_t channels = output.shape.channels;
        return weigh({operation, packed, input, places_of(input)},
                     std::span(output.pixels()).subspan(begin, end - begin), 0, output.shape.channels,
                     output.values.data() + static_cast<std::ptrdiff_t>(begin + 1) * channels, channels);
    }
    std::vector<const float*> taps(static_cast<std::size_t>(operation.window.taps()));
    for (std::size_t row = begin; row < end; ++row) {
        float* const out = output.values.data() + static_cast<std::ptrdiff_t>(row + 1) * output.shape.channels;
        if (operation.has_window())
            pool_row(operation, row, output, taps);
        else
            join_row(operation, output.pixels()[row], out);
        if (operation.activation.function != Function::none)
            kernels_.finish(out, nullptr, out, output.shape.channels, operation.activation);
    }
}

/// One pixel of a maximum or average.
void GroupRun::pool_row(const Operation& operation, std::size_t row, DirtyMap& output,
                        std::vector<const float*>& taps) const {
    const Window& w = operation.window;
    const DirtyMap& input = map(operation.inputs[0]);
    const Pixel& pixel = output.pixels()[row];
    const std::int32_t* const corner =
        input.entry(pixel, pixel.y * w.stride_y - w.pad_y, pixel.x * w.stride_x - w.pad_x);
    int count = 0;
    for (int y = 0; y < w.height; ++y)
        for (int x = 0; x < w.width; ++x) {
            const std::int32_t of_row =
                corner[std::ptrdiff_t{y} * w.dilation_y * input.dirty->padded_width + std::ptrdiff_t{x} * w.dilation_x];
            // The padding has no part in a maximum.
            if (of_row != 0 || operation.kind != Kind::maximum)
                taps[static_cast<std::size_t>(count++)] = input.numbers(of_row);
        }
    const int channels = output.shape.channels;
    float* const out = output.values.data() + static_cast<std::ptrdiff_t>(row + 1) * channels;
    if (operation.kind == Kind::maximum && count == 0) {
        std::fill_n(out, channels, -std::numeric_limits<float>::infinity());
    } else if (operation.kind == Kind::maximum) {
        kernels_.maximum(taps.data(), count, out, channels);
    } else {
        const int divisor = divisor_of(operation, input.shape, pixel.y, pixel.x);
        kernels_.average(taps.data(), count, static_cast<float>(divisor), out, channels);
    }
}

/// Input and output have the same dirty pixels, and so the same rows.
void GroupRun::scale_rows(const Operation& operation, const Packed& packed, std::size_t begin, std::size_t end,
                          DirtyMap& output) const {
    const DirtyMap& input = map(operation.inputs[0]);
    const auto inputs = static_cast<std::size_t>(input.shape.channels);
    const auto outputs = static_cast<std::size_t>(output.shape.channels);
    const bool of_pixels = packed.weights.size() > outputs;
    for (std::size_t row = begin; row < end; ++row) {
        const Pixel& pixel = output.pixels()[row];
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
void GroupRun::join_row(const Operation& operation, const Pixel& pixel, float* out) const {
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
                const bool is_there = map(input).values.size() == 0;  // its convolution wrote here
                if (!is_there) kernels_.finish(numbers(input), nullptr, out, count, {});
                out += count;
            }
            return;
        default:
            return kernels_.finish(first, nullptr, out, channels, {});
    }
}

}  // namespace semscope::incremental
