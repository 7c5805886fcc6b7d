#include "semscope/kernels/kernels.hpp"

#ifdef __AVX512F__

#include "vector_avx512.hpp"

namespace semscope::kernels {

namespace {

constexpr Kernels kernels = make_kernels<Vector>("AVX-512");

}  // namespace

const Kernels* const avx512_kernels = &kernels;

}  // namespace semscope::kernels

#else

namespace semscope::kernels {
const Kernels* const avx512_kernels = nullptr;
}  // namespace semscope::kernels

#endif
