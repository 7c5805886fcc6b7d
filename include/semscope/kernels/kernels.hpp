#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// The inner loops, once for each instruction set. Every number is summed in one order that depends on nothing but the
/// shape of the operation, so a row has the same bits whatever stands beside it; those with fused multiply-add
/// (AVX-512, AVX2) have the same bits as each other.
namespace semscope::kernels {

/// What is applied to each number.
enum class Function { none, relu, clamp, leaky_relu, hardswish, hardsigmoid, sigmoid, silu };

struct Activation {
    Function function = Function::none;
    float low = 0;  ///< clamp: the limits; leaky_relu: `low` is the slope
    float high = 0;
    bool operator==(const Activation&) const = default;
};

/// Weights come in panels of so many columns: [panel][depth][16].
inline constexpr int panel_columns = 16;

/// Rows of input pixels as their windows see them. A window is a sequence of taps; of each, `channels` numbers.
struct Gather {
    const float* values = nullptr;                 ///< rows of the input map, [rows,stride]
    std::ptrdiff_t stride = 0;                     ///< channels of the input map
    const std::int32_t* const* corners = nullptr;  ///< of each row: the entry of the row map at its first tap
    int rows = 0;
    int channels = 0;         ///< of a tap
    int width = 1;            ///< taps in a line of the window
    std::ptrdiff_t line = 0;  ///< entries of the row map between lines of the window
    std::ptrdiff_t step = 1;  ///< and between taps of a line
    int begin = 0, end = 0;   ///< of the numbers of a window, tap by tap
    float* to = nullptr;      ///< [rows,to_stride]; to_stride >= end - begin
    std::ptrdiff_t to_stride = 0;
};

/// Two neighbours of a row in bf16, the first one in the lower half.
using Pair = std::uint32_t;

/// Both rounded to the nearest number in bf16, or the even one of two that are as near. Numbers below the normal ones
/// become 0, as where the processor does it.
Pair round_pair(float first, float second);

/// c = activation(start + a b + residual), of `rows` x `columns` numbers; sums run over the depth in ascending order
/// from 0, and are added to `start` then. The second of a pair is added before the first, each rounded to fp32.
template <class Factor>
struct ProductOf {
    const Factor* a = nullptr;
    std::ptrdiff_t a_stride = 0;
    const Factor* b = nullptr;        ///< the first panel, at the first of `depth`
    std::ptrdiff_t panel_stride = 0;  ///< factors from one panel to the next
    int depth = 0;                    ///< in factors, which are numbers or pairs
    float* c = nullptr;
    std::ptrdiff_t c_stride = 0;
    const float* start = nullptr;  ///< [columns], the same for all rows; null = c itself
    int rows = 0, columns = 0;
    const float* const* residuals = nullptr;  ///< of each row [columns]; null = none
    Activation activation = {};
};
using Product = ProductOf<float>;
using PairProduct = ProductOf<Pair>;

/// Output pixels that one Weighing makes at most.
inline constexpr int most_weighed = 4;

/// The windows of pixels that stand beside each other in a line of the output, each channel by itself:
/// out = activation(bias + sum of rows * weights), where the sum runs over the window line by line from the bias on.
struct Weighing {
    const float* const* rows = nullptr;  ///< the input pixels that the windows see: [height,columns()] of [channels]
    int height = 1, width = 1;           ///< of a window
    int stride = 1;                      ///< columns from the window of one output pixel to that of the next
    int pixels = 1;                      ///< of the output, up to most_weighed
    const float* weights = nullptr;      ///< [height * width,weights_stride]
    std::ptrdiff_t weights_stride = 0;
    const float* bias = nullptr;
    float* out = nullptr;  ///< [pixels,out_stride]
    std::ptrdiff_t out_stride = 0;
    int channels = 0;
    Activation activation = {};

    // Never a function of its own, which could be compiled for one instruction set and be used with another.
    [[gnu::always_inline]] int columns() const { return (pixels - 1) * stride + width; }
};

struct Kernels {
    const char* name = "";
    void (*gather)(const Gather&) = nullptr;
    void (*multiply)(const Product&) = nullptr;
    /// out = activation(row + residual), without residual where that is null; `out` may be `row`.
    void (*finish)(const float* row, const float* residual, float* out, int channels, const Activation&) = nullptr;
    void (*weigh)(const Weighing&) = nullptr;
    void (*maximum)(const float* const* rows, int count, float* out, int channels) = nullptr;
    /// out = sum of the rows / divisor.
    void (*average)(const float* const* rows, int count, float divisor, float* out, int channels) = nullptr;
    /// out = a * b + c, all of them [channels]; null c = none.
    void (*scale)(const float* a, const float* b, const float* c, float* out, int channels) = nullptr;
    /// Of kernels for bf16, else null: `count` numbers as pairs, a last one beside 0; and products of them.
    void (*round)(const float* from, Pair* to, int count) = nullptr;
    void (*multiply_pairs)(const PairProduct&) = nullptr;
};

/// The kernels that this processor can run, the fastest first.
std::vector<const Kernels*> available_kernels();

/// The fastest of them that goes with what Torch and oneDNN use, by the description of the hardware
/// (network::describe_hardware), which is recorded: whoever limits those by their environment variables limits these.
const Kernels& kernels_for(const std::string& hardware);

/// The kernels that multiply in bf16 on this processor, for run.precision = bf16; null where it cannot, or where Torch
/// and oneDNN were told not to.
const Kernels* bf16_kernels_for(const std::string& hardware);

/// Those that this processor can run, for tests; the portable ones come last and are slower than fp32.
std::vector<const Kernels*> available_bf16_kernels();

// Null where they were not compiled.
extern const Kernels* const avx512_bf16_kernels;
extern const Kernels* const portable_bf16_kernels;
extern const Kernels* const avx512_kernels;
extern const Kernels* const avx2_kernels;
extern const Kernels* const portable_kernels;

}  // namespace semscope::kernels
