#include "kernel_loops.hpp"

namespace semscope::incremental {

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

constexpr Kernels kernels = make_kernels<Vector>("portable");

}  // namespace

const Kernels* const portable_kernels = &kernels;

}  // namespace semscope::incremental
