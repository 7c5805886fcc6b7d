#pragma once

#include "semscope/core/random.hpp"
#include "semscope/kernels/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace semscope::kernels {

/// Random numbers in -1..1, the same ones each time.
inline std::vector<float> numbers(std::size_t count, std::uint32_t seed) {
    std::vector<float> made(count);
    for (std::size_t i = 0; i < count; ++i)
        made[i] = 2 * unit_float(philox4x32({static_cast<std::uint32_t>(i), seed, 0, 0}, {0, 0})[0]) - 1;
    return made;
}

/// A product of numbers, or of pairs, with a start, residuals and an activation.
template <class Factor>
struct Multiplication {
    int rows, columns, depth;
    Activation activation;
    std::vector<Factor> a, b;
    std::vector<float> start, residual;
    std::vector<const float*> residuals;

    /// `make(count, seed)`: factors.
    template <class Make>
    Multiplication(int r, int c, int d, Activation function, Make&& make)
        : rows(r), columns(c), depth(d), activation(function) {
        const auto panels = static_cast<std::size_t>((c + panel_columns - 1) / panel_columns);
        a = make(static_cast<std::size_t>(r * d), 1);
        b = make(panels * static_cast<std::size_t>(d * panel_columns), 2);
        start = numbers(static_cast<std::size_t>(c), 3);
        residual = numbers(static_cast<std::size_t>(r * c), 4);
        for (int row = 0; row < r; ++row) residuals.push_back(residual.data() + row * c);
    }

    /// The rows from `first` on alone.
    std::vector<float> run(void (*multiply)(const ProductOf<Factor>&), int first = 0) const {
        const int count = rows - first;
        std::vector<float> c(static_cast<std::size_t>(count * columns + 1), 7);
        multiply({.a = a.data() + first * depth,
                  .a_stride = depth,
                  .b = b.data(),
                  .panel_stride = std::ptrdiff_t{depth} * panel_columns,
                  .depth = depth,
                  .c = c.data(),
                  .c_stride = columns,
                  .start = start.data(),
                  .rows = count,
                  .columns = columns,
                  .residuals = residuals.data() + first,
                  .activation = activation});
        EXPECT_EQ(c.back(), 7) << "nothing is written beyond the last column";
        c.pop_back();
        return c;
    }

    /// Sums of doubles, before the activation; `times(x, y)` is what two factors add.
    template <class Times>
    std::vector<double> sums(Times&& times) const {
        std::vector<double> c;
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < columns; ++column) {
                const int panel = column / panel_columns, within = column % panel_columns;
                double sum = double{start[static_cast<std::size_t>(column)]} +
                             residual[static_cast<std::size_t>(row * columns + column)];
                for (int k = 0; k < depth; ++k)
                    sum += times(a[static_cast<std::size_t>(row * depth + k)],
                                 b[static_cast<std::size_t>((panel * depth + k) * panel_columns + within)]);
                c.push_back(sum);
            }
        return c;
    }

    /// Whether the rows from each place on have the bits that they have among all rows.
    bool rows_are_alike(void (*multiply)(const ProductOf<Factor>&)) const {
        const auto all = run(multiply);
        for (int first = 1; first < rows; ++first) {
            const auto part = run(multiply, first);
            if (!std::equal(part.begin(), part.end(), all.begin() + std::ptrdiff_t{first} * columns)) return false;
        }
        return true;
    }
};

}  // namespace semscope::kernels
