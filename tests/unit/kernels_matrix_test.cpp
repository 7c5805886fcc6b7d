#include "semscope/kernels/matrix.hpp"

#include "kernels_numbers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <utility>

namespace semscope::kernels {
namespace {

/// Random factors of a product and what it is.
struct Factors {
    int rows, depth, columns;
    std::vector<float> a = numbers(static_cast<std::size_t>(rows) * static_cast<std::size_t>(depth), 1);
    std::vector<float> b = numbers(static_cast<std::size_t>(depth) * static_cast<std::size_t>(columns), 2);
    std::vector<float> start = numbers(static_cast<std::size_t>(columns), 3);

    std::vector<float> panels() const {
        std::vector<float> made(Matrix::size(depth, columns));
        Matrix::pack(b.data(), depth, columns, columns, 1, made.data());
        return made;
    }
    /// Of `count` rows from `first` on.
    std::vector<float> product(const Kernels& kernels, int threads, int first, int count) const {
        const std::vector<float> packed = panels();
        std::vector<float> c(static_cast<std::size_t>(count) * static_cast<std::size_t>(columns));
        multiply(kernels,
                 {a.data() + std::ptrdiff_t{first} * depth,
                  static_cast<std::size_t>(count),
                  {packed.data(), depth, columns},
                  start.data(),
                  c.data()},
                 threads);
        return c;
    }
    double expected(int row, int column) const {
        double sum = start[static_cast<std::size_t>(column)];
        for (int k = 0; k < depth; ++k)
            sum += double{a[static_cast<std::size_t>(row * depth + k)]} *
                   b[static_cast<std::size_t>(k * columns + column)];
        return sum;
    }
};

// Sizes on both sides of a panel, and of the blocks of rows (96, 384), depth (384) and panels (16 of 16).
TEST(KernelsMatrix, ProductsAreThoseOfPlainSums) {
    for (const auto& [rows, depth, columns] :
         {std::array{1, 1, 1}, {3, 5, 17}, {97, 384, 16}, {100, 385, 40}, {400, 7, 260}, {385, 800, 300}}) {
        const Factors factors{rows, depth, columns};
        for (const Kernels* kernels : available_kernels()) {
            const auto found = factors.product(*kernels, 2, 0, rows);
            for (int row = 0; row < rows; row += 1 + rows / 50)
                for (int column = 0; column < columns; ++column)
                    ASSERT_NEAR(found[static_cast<std::size_t>(row * columns + column)], factors.expected(row, column),
                                1e-5 * std::sqrt(depth))
                        << kernels->name << " " << rows << " " << depth << " " << columns;
        }
    }
}

TEST(KernelsMatrix, ARowHasTheSameBitsAtEveryPlaceAndWithAnyNumberOfThreads) {
    const Factors factors{500, 400, 300};
    for (const Kernels* kernels : available_kernels()) {
        const auto all = factors.product(*kernels, 1, 0, factors.rows);
        EXPECT_EQ(factors.product(*kernels, 3, 0, factors.rows), all) << kernels->name;
        for (const auto& [first, count] : {std::pair{0, 1}, {1, 96}, {95, 200}, {499, 1}, {13, 487}})
            EXPECT_EQ(factors.product(*kernels, 2, first, count),
                      std::vector<float>(all.begin() + first * factors.columns,
                                         all.begin() + (first + count) * factors.columns))
                << kernels->name << " " << first << " " << count;
    }
}

TEST(KernelsMatrix, ATransposedMatrixPacksAlike) {
    const Factors factors{1, 37, 21};
    std::vector<float> transposed(factors.b.size());
    for (int k = 0; k < factors.depth; ++k)
        for (int column = 0; column < factors.columns; ++column)
            transposed[static_cast<std::size_t>(column * factors.depth + k)] =
                factors.b[static_cast<std::size_t>(k * factors.columns + column)];
    std::vector<float> panels(Matrix::size(factors.depth, factors.columns));
    Matrix::pack(transposed.data(), factors.depth, factors.columns, 1, factors.depth, panels.data());
    EXPECT_EQ(panels, factors.panels());
}

}  // namespace
}  // namespace semscope::kernels
