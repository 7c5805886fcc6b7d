// Depthwise convolutions, alone or in one step with the convolutions around them.
#include "group_run.hpp"

#include "semscope/core/parallel.hpp"

#include <algorithm>
#include <atomic>

namespace semscope::incremental {

namespace {

/// Pixels from the first one on that stand beside each other in a line.
int count_line(std::span<const Pixel> pixels, int most) {
    int count = 1;
    while (count < most && static_cast<std::size_t>(count) < pixels.size()) {
        const Pixel& next = pixels[static_cast<std::size_t>(count)];
        if (next.forward != pixels[0].forward || next.y != pixels[0].y || next.x != pixels[0].x + count) break;
        ++count;
    }
    return count;
}

}  // namespace

GroupRun::Depthwise GroupRun::depthwise_of(const Step& step, const RowPlaces& places) const {
    const Operation& operation = graph_.operations[*step.depthwise];
    return {operation, packed_[*step.depthwise], map(operation.inputs[0]), places};
}

/// Some channels of some pixels of the output.
void GroupRun::weigh(const Depthwise& depthwise, std::span<const Pixel> pixels, int first_channel, int channels,
                     float* to, std::ptrdiff_t to_stride) const {
    const Window& w = depthwise.operation.window;
    const DirtyMap& input = depthwise.input;
    const int most = w.dilation_x == 1 ? most_weighed : 1;
    std::vector<const float*> rows(static_cast<std::size_t>(w.height * ((most - 1) * w.stride_x + w.width)));
    while (!pixels.empty()) {
        const Pixel& pixel = pixels.front();
        Weighing weighing{.rows = rows.data(),
                          .height = w.height,
                          .width = w.width,
                          .stride = w.stride_x,
                          .pixels = count_line(pixels, most),
                          .weights = depthwise.packed.weights.data() + first_channel,
                          .weights_stride = input.shape.channels,
                          .bias = depthwise.packed.bias.data() + first_channel,
                          .out = to,
                          .out_stride = to_stride,
                          .channels = channels,
                          .activation = depthwise.operation.activation};
        const float** next = rows.data();
        for (int y = 0; y < w.height; ++y) {
            const std::int32_t* const line =
                input.entry(pixel, pixel.y * w.stride_y - w.pad_y + y * w.dilation_y, pixel.x * w.stride_x - w.pad_x);
            for (int x = 0; x < weighing.columns(); ++x)
                *next++ = depthwise.places.numbers(line[std::ptrdiff_t{x} * w.dilation_x]) + first_channel;
        }
        kernels_.weigh(weighing);
        to += weighing.pixels * to_stride;
        pixels = pixels.subspan(static_cast<std::size_t>(weighing.pixels));
    }
}

bool GroupRun::passes_by(const Step& step, const Group& group) const {
    // Of a variant that is the base of others, more than its output would have to stay.
    for (const int base : group.base)
        if (!group.is_photo(static_cast<std::size_t>(base))) return false;
    // Smaller maps stay in the cache as a whole, and blocks of all forwards are fuller than those of one.
    constexpr std::size_t cached_bytes = std::size_t{4} << 20;
    const DirtyMap& expanded = map(graph_.operations[*step.expansion].output);
    return expanded.rows() * static_cast<std::size_t>(expanded.shape.channels) * sizeof(float) > cached_bytes;
}

void GroupRun::run_by_forward(const Step& step, const Group& group) {
    const Operation& expansion = graph_.operations[*step.expansion];
    const DirtyMap& expanded = map(expansion.output);
    DirtyMap& output = maps_[static_cast<std::size_t>(graph_.operations[step.operation].output)];
    const std::vector<std::size_t>& expanded_first = expanded.dirty->first;
    const std::vector<std::size_t>& output_first = output.dirty->first;
    const auto channels = static_cast<std::size_t>(expanded.shape.channels);
    const std::size_t threads = this->threads();

    // The numbers of all photos stay, those of a variant only until its output is there.
    std::vector<std::size_t> place(group.forwards());  // of a photo
    std::vector<std::size_t> variants;
    std::size_t photos = 0, largest = 0;
    const auto rows_of = [&](std::size_t f) { return expanded_first[f + 1] - expanded_first[f]; };
    for (std::size_t f = 0; f < group.forwards(); ++f) {
        if (group.is_photo(f)) {
            place[f] = photos++;
        } else {
            variants.push_back(f);
            largest = std::max(largest, rows_of(f));
        }
    }
    const std::size_t of_photo = expanded.shape.numbers();
    Buffer of_photos(photos * of_photo);
    Buffer zeros(channels);
    std::fill_n(zeros.data(), channels, 0.0F);
    passing_bytes_ = sizeof(float) * (of_photos.size() + zeros.size() + threads * largest * channels);

    const auto run = [&](std::size_t f, float* numbers, std::size_t by_threads) {
        const auto base = static_cast<std::size_t>(group.base[f]);
        convolve({.operation = expansion,
                  .packed = packed_[*step.expansion],
                  .output = expanded,
                  .begin = expanded_first[f],
                  .end = expanded_first[f + 1],
                  .to = numbers},
                 by_threads);
        const Depthwise depthwise =
            depthwise_of(step, {.zeros = zeros.data(),
                                .photo = of_photos.data() + place[base] * of_photo,
                                .own = numbers,
                                .first_of_photo = static_cast<std::int32_t>(expanded_first[base]) + 1,
                                .first_own = static_cast<std::int32_t>(expanded_first[f]) + 1,
                                .channels = expanded.shape.channels});
        convolve({.operation = graph_.operations[step.operation],
                  .packed = packed_[step.operation],
                  .output = output,
                  .begin = output_first[f],
                  .end = output_first[f + 1],
                  .to = output.values.data() + static_cast<std::ptrdiff_t>(output_first[f] + 1) * output.shape.channels,
                  .depthwise = &depthwise},
                 by_threads);
    };
    for (std::size_t f = 0; f < group.forwards(); ++f)
        if (group.is_photo(f)) run(f, of_photos.data() + place[f] * of_photo, threads);
    // Each thread takes the largest variant that is left, so that all end at about the same time.
    std::sort(variants.begin(), variants.end(), [&](std::size_t a, std::size_t b) { return rows_of(a) > rows_of(b); });
    std::atomic<std::size_t> next = 0;
    parallel_for_each(threads, static_cast<int>(threads), [&](std::size_t) {
        Buffer own(largest * channels);
        for (std::size_t i = next++; i < variants.size(); i = next++) run(variants[i], own.data(), 1);
    });
}

}  // namespace semscope::incremental
