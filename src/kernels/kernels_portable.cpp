#include "kernel_loops.hpp"

namespace semscope::kernels {

namespace {

/// Four numbers, in the form of vectors that every compiler for every processor makes the best of.
struct Vector {
    using Type __attribute__((vector_size(16))) = float;
    static constexpr int width = 4;
    static constexpr int rows = 3;     ///< of a tile: 12 sums of 16 registers
    static constexpr int vectors = 4;  ///< of a tile: one panel
    static constexpr int weighed = 1;  ///< vectors of a depthwise product

    static Type zero() { return Type{0, 0, 0, 0}; }
    static Type broadcast(float x) { return Type{x, x, x, x}; }
    static Type load(const float* from) {
        Type x;
        __builtin_memcpy(&x, from, sizeof(x));
        return x;
    }
    static void store(float* to, Type x) { __builtin_memcpy(to, &x, sizeof(x)); }
    static Type load_part(const float* from, int count) {
        Type x = zero();
        for (int i = 0; i < count; ++i) x[i] = from[i];
        return x;
    }
    static void store_part(float* to, Type x, int count) {
        for (int i = 0; i < count; ++i) to[i] = x[i];
    }
    static Type multiply_add(Type x, Type y, Type z) { return x * y + z; }
    static Type add(Type x, Type y) { return x + y; }
    static Type multiply(Type x, Type y) { return x * y; }
    static Type divide(Type x, Type y) { return x / y; }
    static Type maximum(Type x, Type y) { return x > y ? x : y; }
    static Type minimum(Type x, Type y) { return x < y ? x : y; }
    // x == x is false of NaN.
    // NOLINTNEXTLINE(misc-redundant-expression)
    static Type keep_nan(Type x, Type otherwise) { return x == x ? otherwise : x; }
    static Type select_negative(Type x, Type negative) { return x < zero() ? negative : x; }
};

/// What the instructions of other processors do with pairs.
struct PairVector : Vector {
    using Pairs __attribute__((vector_size(16))) = std::uint32_t;

    static Pairs load_pairs(const Pair* from) {
        Pairs x;
        __builtin_memcpy(&x, from, sizeof(x));
        return x;
    }
    static void store_pairs(Pair* to, Pairs x) { __builtin_memcpy(to, &x, sizeof(x)); }
    static Pairs broadcast_pair(Pair x) { return Pairs{x, x, x, x}; }
    static Type firsts(Pairs x) { return reinterpret_cast<Type>(x << 16U); }
    static Type seconds(Pairs x) { return reinterpret_cast<Type>(x & 0xffff0000U); }
    static Type multiply_add_pairs(Pairs x, Pairs y, Type sum) {
        return multiply_add(firsts(x), firsts(y), multiply_add(seconds(x), seconds(y), sum));
    }
    static Pairs round(Type first, Type second) {
        return Pairs{round_pair(first[0], first[1]), round_pair(first[2], first[3]), round_pair(second[0], second[1]),
                     round_pair(second[2], second[3])};
    }
};

constexpr Kernels kernels = make_kernels<Vector>("portable");
constexpr Kernels bf16_kernels = make_bf16_kernels<PairVector>("portable bf16");

}  // namespace

const Kernels* const portable_kernels = &kernels;
const Kernels* const portable_bf16_kernels = &bf16_kernels;

}  // namespace semscope::kernels
