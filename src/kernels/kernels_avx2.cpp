#include "kernel_loops.hpp"

#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>

namespace semscope::kernels {

namespace {

struct Vector {
    using Type = __m256;
    static constexpr int width = 8;
    static constexpr int rows = 6;     ///< of a tile: 12 sums, 2 vectors of weights, 1 of input in 16 registers
    static constexpr int vectors = 2;  ///< of a tile
    static constexpr int weighed = 1;  ///< vectors of a depthwise product: 4 sums, 5 of weights, 1 of input

    static __m256i mask(int count) {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Type zero() { return _mm256_setzero_ps(); }
    static Type broadcast(float x) { return _mm256_set1_ps(x); }
    static Type load(const float* from) { return _mm256_loadu_ps(from); }
    static void store(float* to, Type x) { _mm256_storeu_ps(to, x); }
    static Type load_part(const float* from, int count) { return _mm256_maskload_ps(from, mask(count)); }
    static void store_part(float* to, Type x, int count) { _mm256_maskstore_ps(to, mask(count), x); }
    static Type multiply_add(Type x, Type y, Type z) { return _mm256_fmadd_ps(x, y, z); }
    static Type add(Type x, Type y) { return x + y; }
    static Type multiply(Type x, Type y) { return x * y; }
    static Type divide(Type x, Type y) { return x / y; }
    static Type maximum(Type x, Type y) { return _mm256_max_ps(x, y); }
    static Type minimum(Type x, Type y) { return _mm256_min_ps(x, y); }
    static Type keep_nan(Type x, Type otherwise) {
        return _mm256_blendv_ps(otherwise, x, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    }
    static Type select_negative(Type x, Type negative) {
        return _mm256_blendv_ps(x, negative, _mm256_cmp_ps(x, zero(), _CMP_LT_OQ));
    }
};

constexpr Kernels kernels = make_kernels<Vector>("AVX2");

}  // namespace

const Kernels* const avx2_kernels = &kernels;

}  // namespace semscope::kernels

#else

namespace semscope::kernels {
const Kernels* const avx2_kernels = nullptr;
}  // namespace semscope::kernels

#endif
