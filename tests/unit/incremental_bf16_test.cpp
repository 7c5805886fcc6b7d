// Products in bf16: rounding and sums, each instruction set against the others and against sums of doubles.
#include "incremental/kernels.hpp"
#include "incremental_numbers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace semscope::incremental {
namespace {

float first_of(Pair pair) { return std::bit_cast<float>(pair << 16U); }
float second_of(Pair pair) { return std::bit_cast<float>(pair & 0xffff0000U); }

TEST(IncrementalBf16, RoundsToTheNearestOrTheEvenOne) {
    constexpr float step = 1.0F / 128;  // of bf16 between 1 and 2
    for (const auto& [number, expected] :
         {std::pair{1.0F, 1.0F},
          {1 + step / 4, 1.0F},
          {1 + 3 * step / 4, 1 + step},
          {1 + step / 2, 1.0F},
          {1 + 3 * step / 2, 1 + 2 * step},
          {-1 - 3 * step / 4, -1 - step},
          {0.0F, 0.0F},
          {std::numeric_limits<float>::max(), std::numeric_limits<float>::infinity()},
          {-std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()},
          {1e-40F, 0.0F}}) {
        EXPECT_EQ(first_of(round_pair(number, 7)), expected);
        EXPECT_EQ(second_of(round_pair(7, number)), expected);
    }
    EXPECT_TRUE(std::isnan(first_of(round_pair(std::numeric_limits<float>::quiet_NaN(), 0))));
}

TEST(IncrementalBf16, EveryInstructionSetRoundsAlike) {
    auto values = numbers(77, 1);
    values[3] = 1 + 1.0F / 256;
    values[4] = 1 + 3.0F / 256;
    values[40] = std::numeric_limits<float>::infinity();
    values[41] = -1e-40F;
    values[42] = std::numeric_limits<float>::max();
    for (const Kernels* kernels : available_bf16_kernels())
        for (const int count : {1, 2, 31, 32, 33, 64, 77}) {
            std::vector<Pair> found(40, 7);
            kernels->round(values.data(), found.data(), count);
            for (int i = 0; i < count; i += 2) {
                const auto at = static_cast<std::size_t>(i);
                EXPECT_EQ(found[at / 2], round_pair(values[at], i + 1 < count ? values[at + 1] : 0))
                    << kernels->name << " " << i << " of " << count;
            }
            EXPECT_EQ(found[static_cast<std::size_t>((count + 1) / 2)], 7U) << "nothing is written beyond";
        }
}

struct PairMultiplication {
    int rows, columns, depth;  // in pairs
    std::vector<Pair> a, b;
    std::vector<float> start, residual;
    std::vector<const float*> residuals;

    static std::vector<Pair> pairs(std::size_t count, std::uint32_t seed) {
        const auto of = numbers(2 * count, seed);
        std::vector<Pair> made;
        for (std::size_t i = 0; i < count; ++i) made.push_back(round_pair(of[2 * i], of[2 * i + 1]));
        return made;
    }
    PairMultiplication(int r, int c, int d) : rows(r), columns(c), depth(d) {
        const auto panels = static_cast<std::size_t>((c + panel_columns - 1) / panel_columns);
        a = pairs(static_cast<std::size_t>(r * d), 1);
        b = pairs(panels * static_cast<std::size_t>(d * panel_columns), 2);
        start = numbers(static_cast<std::size_t>(c), 3);
        residual = numbers(static_cast<std::size_t>(r * c), 4);
        for (int row = 0; row < r; ++row) residuals.push_back(residual.data() + row * c);
    }
    std::vector<float> run(const Kernels& kernels, int first = 0) const {
        const int count = rows - first;
        std::vector<float> c(static_cast<std::size_t>(count * columns + 1), 7);
        kernels.multiply_pairs({.a = a.data() + first * depth,
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
                                .activation = {Function::relu}});
        EXPECT_EQ(c.back(), 7) << "nothing is written beyond the last column";
        c.pop_back();
        return c;
    }
    float exact(int row, int column) const {
        double sum = double{start[static_cast<std::size_t>(column)]} + residuals[static_cast<std::size_t>(row)][column];
        for (int k = 0; k < depth; ++k) {
            const Pair x = a[static_cast<std::size_t>(row * depth + k)];
            const Pair y = b[static_cast<std::size_t>((column / panel_columns * depth + k) * panel_columns +
                                                      column % panel_columns)];
            sum += double{first_of(x)} * first_of(y) + double{second_of(x)} * second_of(y);
        }
        return static_cast<float>(std::max(sum, 0.0));
    }
};

TEST(IncrementalBf16, ProductsAreThoseOfRoundedNumbersWithTheSameBitsOnEveryInstructionSet) {
    for (const int columns : {1, 16, 17, 40, 100})
        for (const int rows : {1, 5, 12, 13, 31}) {
            const PairMultiplication product(rows, columns, 37);
            const auto portable = product.run(*portable_bf16_kernels);
            for (int row = 0; row < rows; ++row)
                for (int column = 0; column < columns; ++column)
                    EXPECT_NEAR(portable[static_cast<std::size_t>(row * columns + column)], product.exact(row, column),
                                2e-5);
            for (const Kernels* kernels : available_bf16_kernels())
                EXPECT_EQ(product.run(*kernels), portable) << kernels->name << " " << rows << " x " << columns;
        }
}

TEST(IncrementalBf16, ARowHasTheSameBitsAtEveryPlace) {
    const PairMultiplication product(20, 53, 65);
    for (const Kernels* kernels : available_bf16_kernels()) {
        const auto all = product.run(*kernels);
        for (int first = 1; first < 20; ++first) {
            const auto part = product.run(*kernels, first);
            EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + first * 53))
                << kernels->name << " " << first;
        }
    }
}

TEST(IncrementalBf16, KernelsFollowWhatOneDnnUses) {
    const auto all = available_bf16_kernels();
    EXPECT_EQ(all.back(), portable_bf16_kernels);
    EXPECT_EQ(bf16_kernels_for("CPU capability AVX2; oneDNN ISA 0x67"), nullptr);
    EXPECT_EQ(bf16_kernels_for("CPU capability DEFAULT; oneDNN ISA 0xe7"), nullptr);
    EXPECT_EQ(bf16_kernels_for("CPU capability AVX2; oneDNN ISA 0xe7"), all.size() > 1 ? all.front() : nullptr);
    EXPECT_EQ(kernels_for("CPU capability AVX512").multiply_pairs, nullptr);
}

}  // namespace
}  // namespace semscope::incremental
