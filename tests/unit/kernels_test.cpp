// The inner loops of products: each instruction set against the others and against plain sums.
#include "semscope/kernels/kernels.hpp"
#include "kernels_numbers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::kernels {
namespace {

bool has_fused_multiply_add(const Kernels& kernels) { return &kernels != portable_kernels; }

/// Exact between those that round alike, else to within rounding.
void expect_alike(const std::vector<float>& found, const std::vector<float>& expected, const Kernels& kernels) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-5) << kernels.name << " " << i;
}

Multiplication<float> product_of_numbers(int rows, int columns, int depth) {
    return {rows, columns, depth, {Function::leaky_relu, 0.25F}, numbers};
}

TEST(Kernels, MultiplyAsPlainSumsDoAndAlikeWithFusedMultiplyAdd) {
    for (const int columns : {1, 5, 16, 17, 32, 40, 48, 100})
        for (const int rows : {1, 2, 5, 11, 12, 13, 24, 31}) {
            const auto product = product_of_numbers(rows, columns, 67);
            std::vector<float> expected;
            for (const double sum : product.sums([](float x, float y) { return double{x} * y; }))
                expected.push_back(static_cast<float>(sum < 0 ? sum / 4 : sum));
            std::vector<float> fused;
            for (const Kernels* kernels : available_kernels()) {
                const auto found = product.run(kernels->multiply);
                expect_alike(found, expected, *kernels);
                if (!has_fused_multiply_add(*kernels)) continue;
                if (!fused.empty()) {
                    EXPECT_EQ(found, fused) << kernels->name;
                }
                fused = found;
            }
        }
}

TEST(Kernels, ARowHasTheSameBitsAtEveryPlace) {
    const auto product = product_of_numbers(30, 53, 129);
    for (const Kernels* kernels : available_kernels())
        EXPECT_TRUE(product.rows_are_alike(kernels->multiply)) << kernels->name;
}

TEST(Kernels, GatherWindowsTapByTap) {
    // Two rows of a map of 3 columns, a window of 2 x 2 taps; rows 2 and 3 follow each other in memory.
    const auto values = numbers(60, 5);
    for (const int channels : {1, 3, 4, 10})
        for (const int stride : {10, channels}) {
            const std::vector<std::int32_t> map{2, 3, 0, 4, 1, 5};
            const std::int32_t* const corners[2] = {map.data(), map.data() + 1};
            std::vector<float> expected;
            for (const auto* corner : corners)
                for (const int tap : {0, 1, 3, 4})
                    for (int c = 0; c < channels; ++c)
                        expected.push_back(values[static_cast<std::size_t>(corner[tap] * stride + c)]);
            const int depth = 4 * channels;
            for (const Kernels* kernels : available_kernels())
                for (const int cut : {depth, 1, depth / 2 + 1}) {
                    std::vector<float> found(static_cast<std::size_t>(2 * depth));
                    for (int begin = 0; begin < depth; begin += cut)
                        kernels->gather({.values = values.data(),
                                         .stride = stride,
                                         .corners = corners,
                                         .rows = 2,
                                         .channels = channels,
                                         .width = 2,
                                         .line = 3,
                                         .step = 1,
                                         .begin = begin,
                                         .end = std::min(depth, begin + cut),
                                         .to = found.data() + begin,
                                         .to_stride = depth});
                    EXPECT_EQ(found, expected) << kernels->name << ", " << channels << " of " << stride << ", " << cut;
                }
        }
}

TEST(Kernels, FunctionsAreWhatTheyAreCalled) {
    const auto expected = [](const Activation& activation, float x) -> double {
        const double six = std::clamp(double{x} + 3, 0.0, 6.0) / 6;
        switch (activation.function) {
            case Function::relu:
                return std::max(x, 0.0F);
            case Function::clamp:
                return std::clamp(x, activation.low, activation.high);
            case Function::leaky_relu:
                return x < 0 ? double{x} * activation.low : x;
            case Function::hardswish:
                return x * six;
            case Function::hardsigmoid:
                return six;
            case Function::sigmoid:
                return 1 / (1 + std::exp(-double{x}));
            case Function::silu:
                return x / (1 + std::exp(-double{x}));
            default:
                return x;
        }
    };
    const float nothing = std::numeric_limits<float>::quiet_NaN();
    for (const Activation& activation : {Activation{},
                                         {Function::relu},
                                         {Function::clamp, -0.5F, 2},
                                         {Function::leaky_relu, 0.1F},
                                         {Function::hardswish},
                                         {Function::hardsigmoid},
                                         {Function::sigmoid},
                                         {Function::silu}})
        for (const Kernels* kernels : available_kernels()) {
            auto x = numbers(37, 8);
            for (float& each : x) each *= 5;
            x[20] = nothing;
            x[36] = nothing;
            std::vector<float> found(37);
            const std::vector<float> one(37, 1);
            kernels->finish(x.data(), one.data(), found.data(), 37, activation);
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (std::isnan(x[i]))
                    EXPECT_TRUE(std::isnan(found[i])) << kernels->name;
                else
                    EXPECT_NEAR(found[i], expected(activation, x[i] + 1), 1e-5) << kernels->name;
            }
        }
}

/// Windows over lines of pixels whose numbers are random.
struct WindowedLines {
    int height, width, stride, pixels, channels;
    std::vector<float> values, weights, bias;
    std::vector<const float*> rows;

    WindowedLines(int h, int w, int s, int p, int c) : height(h), width(w), stride(s), pixels(p), channels(c) {
        const int columns = (p - 1) * s + w;
        values = numbers(static_cast<std::size_t>(h * columns * c), 21);
        weights = numbers(static_cast<std::size_t>(h * w * c), 22);
        bias = numbers(static_cast<std::size_t>(c), 23);
        for (int i = 0; i < h * columns; ++i) rows.push_back(values.data() + i * c);
    }
    /// `count` pixels from `first` on.
    std::vector<float> run(const Kernels& kernels, int first, int count) const {
        const int own = (count - 1) * stride + width;
        std::vector<const float*> seen;
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < own; ++x)
                seen.push_back(
                    rows[static_cast<std::size_t>(y * ((pixels - 1) * stride + width) + first * stride + x)]);
        std::vector<float> out(static_cast<std::size_t>(count * channels + 1), 7);
        kernels.weigh({.rows = seen.data(),
                       .height = height,
                       .width = width,
                       .stride = stride,
                       .pixels = count,
                       .weights = weights.data(),
                       .weights_stride = channels,
                       .bias = bias.data(),
                       .out = out.data(),
                       .out_stride = channels,
                       .channels = channels,
                       .activation = {Function::leaky_relu, 0.25F}});
        EXPECT_EQ(out.back(), 7) << "nothing is written beyond the last channel";
        out.pop_back();
        return out;
    }
    std::vector<float> exact() const {
        std::vector<float> out;
        for (int p = 0; p < pixels; ++p)
            for (int c = 0; c < channels; ++c) {
                double sum = bias[static_cast<std::size_t>(c)];
                for (int tap = 0; tap < height * width; ++tap) {
                    const int column = tap / width * ((pixels - 1) * stride + width) + p * stride + tap % width;
                    sum += double{rows[static_cast<std::size_t>(column)][c]} *
                           weights[static_cast<std::size_t>(tap * channels + c)];
                }
                out.push_back(static_cast<float>(sum < 0 ? sum / 4 : sum));
            }
        return out;
    }
};

TEST(Kernels, WindowsAreWeighedAlikeAloneAndBesideOthers) {
    for (const auto& [height, width] : {std::pair{3, 3}, {5, 5}, {3, 5}, {1, 3}, {2, 7}, {1, 1}})
        for (const int stride : {1, 2, 3})
            for (const int channels : {5, 16, 77, 32}) {
                const WindowedLines lines(height, width, stride, most_weighed, channels);
                const auto expected = lines.exact();
                std::vector<float> fused;
                for (const Kernels* kernels : available_kernels()) {
                    const auto all = lines.run(*kernels, 0, most_weighed);
                    expect_alike(all, expected, *kernels);
                    for (int count = 1; count < most_weighed; ++count)
                        for (int first = 0; first + count <= most_weighed; ++first) {
                            const auto part = lines.run(*kernels, first, count);
                            EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + first * channels))
                                << kernels->name << ": " << width << ", " << stride << ", " << first;
                        }
                    if (!has_fused_multiply_add(*kernels)) continue;
                    if (!fused.empty()) {
                        EXPECT_EQ(all, fused) << kernels->name;
                    }
                    fused = all;
                }
            }
}

TEST(Kernels, RowsArePooledAndScaled) {
    constexpr int channels = 77;  // whole vectors and a part
    constexpr int count = 5;
    const auto values = numbers(channels * count, 11);
    const auto weights = numbers(channels * count, 12);
    const auto bias = numbers(channels, 13);
    std::vector<const float*> rows;
    for (int i = 0; i < count; ++i) rows.push_back(values.data() + i * channels);
    for (const Kernels* kernels : available_kernels()) {
        std::vector<float> most(channels), mean(channels), scaled(channels), product(channels);
        kernels->maximum(rows.data(), count, most.data(), channels);
        kernels->average(rows.data(), count, 4, mean.data(), channels);
        kernels->scale(rows[0], weights.data(), bias.data(), scaled.data(), channels);
        kernels->scale(rows[0], weights.data(), nullptr, product.data(), channels);
        for (std::size_t c = 0; c < channels; ++c) {
            double sum = 0;
            float largest = -1;
            for (std::size_t i = 0; i < count; ++i) {
                sum += values[i * channels + c];
                largest = std::max(largest, values[i * channels + c]);
            }
            EXPECT_EQ(most[c], largest) << kernels->name;
            EXPECT_NEAR(mean[c], sum / 4, 1e-5) << kernels->name;
            EXPECT_NEAR(scaled[c], values[c] * weights[c] + bias[c], 1e-6) << kernels->name;
            EXPECT_EQ(product[c], values[c] * weights[c]) << kernels->name;
        }
    }
}

// Where a photo is filled with one colour, most values of a map are equal, and the roundings of their sum have one
// direction.
TEST(Kernels, TheAverageOfManyEqualValuesIsThatValue) {
    constexpr int channels = 21;
    const auto values = numbers(channels, 14);
    for (const int count : {1, 16, 17, 255, 256, 257, 7 * 7, 112 * 112, 300 * 300}) {
        const std::vector<const float*> rows(static_cast<std::size_t>(count), values.data());
        for (const Kernels* kernels : available_kernels()) {
            std::vector<float> mean(channels);
            kernels->average(rows.data(), count, static_cast<float>(count), mean.data(), channels);
            for (std::size_t c = 0; c < channels; ++c)
                EXPECT_NEAR(mean[c], values[c], 1e-6 * std::abs(values[c]))
                    << kernels->name << ", " << count << " rows";
        }
    }
}

TEST(Kernels, AMaximumOverWhatIsNoNumberIsNone) {
    const std::vector<float> good(20, 1);
    std::vector<float> bad(20, 1);
    bad[3] = std::numeric_limits<float>::quiet_NaN();
    bad[19] = bad[3];
    for (const Kernels* kernels : available_kernels())
        for (const bool first : {true, false}) {
            const float* const rows[2] = {first ? bad.data() : good.data(), first ? good.data() : bad.data()};
            std::vector<float> most(20);
            kernels->maximum(rows, 2, most.data(), 20);
            for (std::size_t i = 0; i < most.size(); ++i)
                EXPECT_EQ(std::isnan(most[i]), i == 3 || i == 19) << kernels->name << " " << first << " " << i;
        }
}

TEST(Kernels, FollowWhatTorchAndOneDnnUse) {
    const auto all = available_kernels();
    EXPECT_EQ(all.back(), portable_kernels);
    EXPECT_EQ(&kernels_for("CPU capability NO AVX; oneDNN ISA 0xe7"), portable_kernels);
    EXPECT_EQ(&kernels_for("CPU capability DEFAULT; BLAS kernels Prescott"), portable_kernels);
    EXPECT_EQ(&kernels_for("CPU capability AVX2; BLAS kernels SkylakeX; oneDNN ISA 0xe7"), all.front());
    EXPECT_EQ(&kernels_for("CPU capability AVX512"), all.front());
    EXPECT_NE(&kernels_for("CPU capability AVX2; oneDNN ISA 0x7"), avx512_kernels);
    if (all.front() == avx512_kernels) {
        EXPECT_EQ(&kernels_for("CPU capability AVX2; oneDNN ISA 0x7"), all[1]);
    }
}

}  // namespace
}  // namespace semscope::kernels
