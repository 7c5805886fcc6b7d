#pragma once

#include "semscope/data/image.hpp"

#include <cstdint>
#include <vector>

namespace semscope::data {

/// Fixed-point weights of some output samples over the input samples along one dimension.
struct Weights {
    struct Window {
        int first = 0;  ///< first input sample
        int count = 0;  ///< number of input samples
    };
    std::vector<Window> windows;        ///< one per output sample
    std::vector<std::int32_t> weights;  ///< `stride` per output sample, scaled by 2^22
    std::size_t stride = 0;

    int first_input() const { return windows.front().first; }
    int end_input() const { return windows.back().first + windows.back().count; }
};

/// A filter of Pillow's: its value at a distance, in samples, and the distance from which on it is 0.
struct Filter {
    double (*at)(double distance);
    double support;
};

double triangle(double distance);
double cubic(double distance);  ///< of Keys with a = -0.5

inline constexpr Filter bilinear_filter{triangle, 1.0};
inline constexpr Filter bicubic_filter{cubic, 2.0};

/// Output samples begin .. begin + count.
struct OutputSamples {
    int begin = 0;
    int count = 0;
};

/// Weights of a filter, widened by the scale when shrinking (antialiasing), for some samples of a dimension that goes
/// from `input` to `output` samples.
/// Same arithmetic as Pillow's src/libImaging/Resample.c, so that results are equal bit for bit.
Weights weights_of(const Filter& filter, int input, int output, OutputSamples samples);

/// Resamples every row that `rows` will need: the result has columns.windows.size() columns and as many rows as the
/// input rows that `rows` spans, starting with its first.
Image resample_columns(const Image& image, const Weights& columns, const Weights& rows);

/// Resamples the columns of an image whose first row is input row rows.first_input().
Image resample_rows(const Image& image, const Weights& rows);

/// Input sample of each output sample begin .. begin+count under nearest neighbour, as Pillow's transform computes it.
std::vector<int> nearest_indices(int input, int output, int begin, int count);

}  // namespace semscope::data
