// Products in bf16: rounding and sums, each instruction set against the others and against sums of doubles.
#include "kernels_numbers.hpp"
#include "semscope/kernels/kernels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace semscope::kernels {
namespace {

float first_of(Pair pair) { return std::bit_cast<float>(pair << 16U); }
float second_of(Pair pair) { return std::bit_cast<float>(pair & 0xffff0000U); }

TEST(KernelsBf16, RoundsToTheNearestOrTheEvenOne) {
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

TEST(KernelsBf16, EveryInstructionSetRoundsAlike) {
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

/// The depth in pairs.
Multiplication<Pair> product_of_pairs(int rows, int columns, int depth) {
    return {rows, columns, depth, {Function::relu}, [](std::size_t count, std::uint32_t seed) {
                const auto of = numbers(2 * count, seed);
                std::vector<Pair> made;
                for (std::size_t i = 0; i < count; ++i) made.push_back(round_pair(of[2 * i], of[2 * i + 1]));
                return made;
            }};
}

TEST(KernelsBf16, ProductsAreThoseOfRoundedNumbersWithTheSameBitsOnEveryInstructionSet) {
    for (const int columns : {1, 16, 17, 40, 100})
        for (const int rows : {1, 5, 12, 13, 31}) {
            const auto product = product_of_pairs(rows, columns, 37);
            const auto portable = product.run(portable_bf16_kernels->multiply_pairs);
            const auto exact = product.sums(
                [](Pair x, Pair y) { return double{first_of(x)} * first_of(y) + double{second_of(x)} * second_of(y); });
            for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_NEAR(portable[i], std::max(exact[i], 0.0), 2e-5);
            for (const Kernels* kernels : available_bf16_kernels())
                EXPECT_EQ(product.run(kernels->multiply_pairs), portable)
                    << kernels->name << " " << rows << " x " << columns;
        }
}

TEST(KernelsBf16, ARowHasTheSameBitsAtEveryPlace) {
    const auto product = product_of_pairs(20, 53, 65);
    for (const Kernels* kernels : available_bf16_kernels())
        EXPECT_TRUE(product.rows_are_alike(kernels->multiply_pairs)) << kernels->name;
}

TEST(KernelsBf16, KernelsFollowWhatOneDnnUses) {
    const auto all = available_bf16_kernels();
    EXPECT_EQ(all.back(), portable_bf16_kernels);
    EXPECT_EQ(bf16_kernels_for("CPU capability AVX2; oneDNN ISA 0x67"), nullptr);
    EXPECT_EQ(bf16_kernels_for("CPU capability DEFAULT; oneDNN ISA 0xe7"), nullptr);
    EXPECT_EQ(bf16_kernels_for("CPU capability AVX2; oneDNN ISA 0xe7"), all.size() > 1 ? all.front() : nullptr);
    EXPECT_EQ(kernels_for("CPU capability AVX512").multiply_pairs, nullptr);
}

}  // namespace
}  // namespace semscope::kernels
