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

/// Triangle-filter weights, widened by the scale when shrinking (antialiasing), for output samples `begin` ..
/// begin+count of a dimension that goes from `input` to `output` samples.
/// Same arithmetic as Pillow's src/libImaging/Resample.c, so that results are equal bit for bit.
Weights bilinear_weights(int input, int output, int begin, int count);

/// Resamples every row that `rows` will need: the result has columns.windows.size() columns and as many rows as the
/// input rows that `rows` spans, starting with its first.
Image resample_columns(const Image& image, const Weights& columns, const Weights& rows);

/// Resamples the columns of an image whose first row is input row rows.first_input().
Image resample_rows(const Image& image, const Weights& rows);

/// Input sample of each output sample begin .. begin+count under nearest neighbour, as Pillow's transform computes it.
std::vector<int> nearest_indices(int input, int output, int begin, int count);

}  // namespace semscope::data
