#include "semscope/kernels/kernels.hpp"

#ifdef __AVX512BF16__

#include "vector_avx512.hpp"

namespace semscope::kernels {

namespace {

/// vdpbf16ps takes numbers below the normal ones for 0, and makes none.
struct PairVector : Vector {
    using Pairs = __m512i;

    static Pairs load_pairs(const Pair* from) { return _mm512_loadu_si512(from); }
    static void store_pairs(Pair* to, Pairs x) { _mm512_storeu_si512(to, x); }
    static Pairs broadcast_pair(Pair x) { return _mm512_set1_epi32(static_cast<int>(x)); }
    static Type multiply_add_pairs(Pairs x, Pairs y, Type sum) {
        return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(x), reinterpret_cast<__m512bh>(y));
    }
    static Pairs round(Type first, Type second) {
        return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first));
    }
};

constexpr Kernels kernels = make_bf16_kernels<PairVector>("AVX-512 bf16");

}  // namespace

const Kernels* const avx512_bf16_kernels = &kernels;

}  // namespace semscope::kernels

#else

namespace semscope::kernels {
const Kernels* const avx512_bf16_kernels = nullptr;
}  // namespace semscope::kernels

#endif
