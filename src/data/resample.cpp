#include "resample.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::data {

namespace {

constexpr int precision_bits = 32 - 8 - 2;
constexpr std::int32_t half = 1 << (precision_bits - 1);

std::uint8_t to_pixel(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> precision_bits, 0, 255)); }

}  // namespace

// NOLINTBEGIN(bugprone-incorrect-roundings, cert-flp30-c): rounding and accumulating as Pillow does is the purpose.

double triangle(double distance) { return std::max(1.0 - std::abs(distance), 0.0); }

double cubic(double distance) {
    constexpr double a = -0.5;
    const double x = std::abs(distance);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

Weights weights_of(const Filter& filter, int input, int output, OutputSamples samples) {
    const auto [begin, count] = samples;
    const double scale = static_cast<double>(input) / output;
    const double widening = std::max(scale, 1.0);
    const double support = filter.support * widening;
    const double inverse = 1.0 / widening;
    Weights result;
    result.stride = static_cast<std::size_t>(std::ceil(support)) * 2 + 1;
    result.weights.resize(result.stride * static_cast<std::size_t>(count));
    std::vector<double> window(result.stride);
    for (int i = 0; i < count; ++i) {
        const double centre = (begin + i + 0.5) * scale;
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int end = std::min(static_cast<int>(centre + support + 0.5), input);
        double total = 0;
        for (int x = first; x < end; ++x) {
            window[static_cast<std::size_t>(x - first)] = filter.at((x - centre + 0.5) * inverse);
            total += window[static_cast<std::size_t>(x - first)];
        }
        std::int32_t* weights = result.weights.data() + static_cast<std::size_t>(i) * result.stride;
        for (int x = 0; x < end - first; ++x) {
            const double weight = window[static_cast<std::size_t>(x)] / total;
            weights[x] = static_cast<std::int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << precision_bits));
        }
        result.windows.push_back({first, end - first});
    }
    return result;
}

Image resample_columns(const Image& image, const Weights& columns, const Weights& rows) {
    const auto channels = static_cast<std::size_t>(image.channels);
    const int first_row = rows.first_input();
    Image result{{static_cast<int>(columns.windows.size()), rows.end_input() - first_row}, image.channels, {}};
    result.pixels.resize(columns.windows.size() * static_cast<std::size_t>(result.size.height) * channels);
    std::uint8_t* out = result.pixels.data();
    for (int row = 0; row < result.size.height; ++row) {
        const std::uint8_t* line = image.pixels.data() + static_cast<std::size_t>(first_row + row) *
                                                             static_cast<std::size_t>(image.size.width) * channels;
        for (std::size_t i = 0; i < columns.windows.size(); ++i) {
            const auto [first, count] = columns.windows[i];
            const std::int32_t* weights = columns.weights.data() + i * columns.stride;
            const std::uint8_t* in = line + static_cast<std::size_t>(first) * channels;
            for (std::size_t channel = 0; channel < channels; ++channel) {
                std::int32_t sum = half;
                for (std::size_t x = 0; x < static_cast<std::size_t>(count); ++x)
                    sum += in[x * channels + channel] * weights[x];
                *out++ = to_pixel(sum);
            }
        }
    }
    return result;
}

Image resample_rows(const Image& image, const Weights& rows) {
    const std::size_t length = static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(image.channels);
    Image result{{image.size.width, static_cast<int>(rows.windows.size())}, image.channels, {}};
    result.pixels.resize(length * rows.windows.size());
    std::vector<std::int32_t> sums(length);
    for (std::size_t i = 0; i < rows.windows.size(); ++i) {
        const auto [first, count] = rows.windows[i];
        std::fill(sums.begin(), sums.end(), half);
        for (std::size_t y = 0; y < static_cast<std::size_t>(count); ++y) {
            const std::int32_t weight = rows.weights[i * rows.stride + y];
            const std::uint8_t* in =
                image.pixels.data() + (static_cast<std::size_t>(first - rows.first_input()) + y) * length;
            for (std::size_t x = 0; x < length; ++x) sums[x] += in[x] * weight;
        }
        std::transform(sums.begin(), sums.end(), result.pixels.data() + i * length, to_pixel);
    }
    return result;
}

std::vector<int> nearest_indices(int input, int output, int begin, int count) {
    const double scale = static_cast<double>(input) / output;
    std::vector<int> indices;
    // Accumulated and not multiplied, as Pillow does: the two round differently where the scale is no binary fraction.
    double position = scale * 0.5;
    for (int i = 0; i < begin + count; ++i, position += scale)
        if (i >= begin) indices.push_back(std::min(static_cast<int>(position), input - 1));
    return indices;
}

// NOLINTEND(bugprone-incorrect-roundings, cert-flp30-c)

}  // namespace semscope::data
