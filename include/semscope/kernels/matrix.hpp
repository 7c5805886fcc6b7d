#pragma once

#include "semscope/kernels/kernels.hpp"

#include <cstddef>

namespace semscope::kernels {

/// How many parts of b make a, the last one being smaller.
inline int divide_up(std::size_t a, std::size_t b) { return static_cast<int>((a + b - 1) / b); }

/// The second factor of products, [depth][columns], in panels: what Kernels::multiply reads.
struct Matrix {
    const float* panels = nullptr;  ///< [panel][depth][panel_columns]; columns beyond the last one are 0
    int depth = 0, columns = 0;

    /// Numbers in the panels of such a matrix.
    static std::size_t size(int depth, int columns);
    /// Writes the panels of b [depth][columns], whose numbers are so many numbers apart along each side.
    static void pack(const float* b, int depth, int columns, std::ptrdiff_t depth_stride, std::ptrdiff_t column_stride,
                     float* panels);
};

/// Rows of numbers that lie side by side, times a matrix.
struct RowProduct {
    const float* a = nullptr;  ///< [rows][b.depth]
    std::size_t rows = 0;
    Matrix b;
    const float* start = nullptr;  ///< [b.columns], what each row of the product is added to
    float* c = nullptr;            ///< [rows][b.columns]
};

/// c = start + a b, by so many threads. A row has the same bits whatever stands beside it and with any number of
/// threads.
void multiply(const Kernels& kernels, const RowProduct& product, int threads);

}  // namespace semscope::kernels
