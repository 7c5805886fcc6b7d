#include "kernels.hpp"

#ifdef __AVX512F__

#include "vector_avx512.hpp"

namespace semscope::incremental {

namespace {

constexpr Kernels kernels = make_kernels<Vector>("AVX-512");

}  // namespace

const Kernels* const avx512_kernels = &kernels;

}  // namespace semscope::incremental

#else

namespace semscope::incremental {
const Kernels* const avx512_kernels = nullptr;
}  // namespace semscope::incremental

#endif
