#pragma once

#include "kernel_loops.hpp"

#ifdef __AVX512F__

#include <immintrin.h>

/// For files that are compiled for AVX-512. In an unnamed namespace, as kernel_loops.hpp asks for.
namespace semscope::kernels {

namespace {

struct Vector {
    using Type = __m512;
    static constexpr int width = 16;
    static constexpr int rows = 12;    ///< of a tile: 24 sums, 2 vectors of weights, 1 of input in 32 registers
    static constexpr int vectors = 2;  ///< of a tile
    static constexpr int weighed = 2;  ///< vectors of a depthwise product: 8 sums, 10 of weights, 1 of input

    static __mmask16 mask(int count) { return static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1U); }
    static Type zero() { return _mm512_setzero_ps(); }
    static Type broadcast(float x) { return _mm512_set1_ps(x); }
    static Type load(const float* from) { return _mm512_loadu_ps(from); }
    static void store(float* to, Type x) { _mm512_storeu_ps(to, x); }
    static Type load_part(const float* from, int count) { return _mm512_maskz_loadu_ps(mask(count), from); }
    static void store_part(float* to, Type x, int count) { _mm512_mask_storeu_ps(to, mask(count), x); }
    static Type multiply_add(Type x, Type y, Type z) { return _mm512_fmadd_ps(x, y, z); }
    static Type add(Type x, Type y) { return x + y; }
    static Type multiply(Type x, Type y) { return x * y; }
    static Type divide(Type x, Type y) { return x / y; }
    static Type maximum(Type x, Type y) { return _mm512_maskz_max_ps(0xffff, x, y); }
    static Type minimum(Type x, Type y) { return _mm512_maskz_min_ps(0xffff, x, y); }
    static Type keep_nan(Type x, Type otherwise) {
        return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), otherwise, x);
    }
    static Type select_negative(Type x, Type negative) {
        return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, zero(), _CMP_LT_OQ), x, negative);
    }
};

}  // namespace

}  // namespace semscope::kernels

#endif
