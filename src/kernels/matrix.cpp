#include "semscope/kernels/matrix.hpp"

#include "semscope/core/parallel.hpp"

#include <algorithm>

namespace semscope::kernels {

namespace {

constexpr int block_rows = 96;     ///< that stay in the first- and second-level cache, with so much of their depth
constexpr int block_depth = 384;   ///< numbers of a row at a time
constexpr int block_panels = 16;   ///< with block_depth 400 kB of the matrix, which stay in the second-level cache
constexpr int rows_of_task = 384;  ///< that share a block of the matrix

/// Some rows of the product, and some panels of them.
void multiply_part(const Kernels& kernels, const RowProduct& product, std::size_t first_row, std::size_t rows,
                   int first_panel, int panels) {
    const Matrix& b = product.b;
    const int first_column = first_panel * panel_columns;
    const std::ptrdiff_t panel_stride = std::ptrdiff_t{b.depth} * panel_columns;
    for (int depth = 0; depth < b.depth; depth += block_depth)
        for (std::size_t row = first_row; row < first_row + rows; row += block_rows)
            kernels.multiply({.a = product.a + static_cast<std::ptrdiff_t>(row) * b.depth + depth,
                              .a_stride = b.depth,
                              .b = b.panels + first_panel * panel_stride + std::ptrdiff_t{depth} * panel_columns,
                              .panel_stride = panel_stride,
                              .depth = std::min(block_depth, b.depth - depth),
                              .c = product.c + static_cast<std::ptrdiff_t>(row) * b.columns + first_column,
                              .c_stride = b.columns,
                              .start = depth == 0 ? product.start + first_column : nullptr,
                              .rows = static_cast<int>(std::min<std::size_t>(block_rows, first_row + rows - row)),
                              .columns = std::min(panels * panel_columns, b.columns - first_column)});
}

}  // namespace

std::size_t Matrix::size(int depth, int columns) {
    return static_cast<std::size_t>(divide_up(static_cast<std::size_t>(columns), panel_columns)) *
           static_cast<std::size_t>(depth) * panel_columns;
}

void Matrix::pack(const float* b, int depth, int columns, std::ptrdiff_t depth_stride, std::ptrdiff_t column_stride,
                  float* panels) {
    for (int first = 0; first < columns; first += panel_columns)
        for (int k = 0; k < depth; ++k)
            for (int column = first; column < first + panel_columns; ++column)
                *panels++ = column < columns ? b[k * depth_stride + column * column_stride] : 0;
}

void multiply(const Kernels& kernels, const RowProduct& product, int threads) {
    const int panels = divide_up(static_cast<std::size_t>(product.b.columns), panel_columns);
    const int across = divide_up(static_cast<std::size_t>(panels), block_panels);
    const int down = divide_up(product.rows, rows_of_task);
    parallel_for_each(static_cast<std::size_t>(down) * static_cast<std::size_t>(across), threads,
                      [&](std::size_t task) {
                          const std::size_t row = task / static_cast<std::size_t>(across) * rows_of_task;
                          const int panel = static_cast<int>(task % static_cast<std::size_t>(across)) * block_panels;
                          multiply_part(kernels, product, row, std::min<std::size_t>(rows_of_task, product.rows - row),
                                        panel, std::min(block_panels, panels - panel));
                      });
}

}  // namespace semscope::kernels
