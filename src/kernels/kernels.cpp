#include "semscope/kernels/kernels.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

namespace semscope::kernels {

std::vector<const Kernels*> available_kernels() {
    std::vector<const Kernels*> found;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (avx512_kernels != nullptr && __builtin_cpu_supports("avx512f")) found.push_back(avx512_kernels);
    if (avx2_kernels != nullptr && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found.push_back(avx2_kernels);
#endif
    found.push_back(portable_kernels);
    return found;
}

std::vector<const Kernels*> available_bf16_kernels() {
    std::vector<const Kernels*> found;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (avx512_bf16_kernels != nullptr && __builtin_cpu_supports("avx512bf16")) found.push_back(avx512_bf16_kernels);
#endif
    found.push_back(portable_bf16_kernels);
    return found;
}

namespace {

std::uint32_t round_to_bf16(float number) {
    const auto bits = std::bit_cast<std::uint32_t>(number);
    if (std::isnan(number)) return (bits >> 16U) | 0x40U;  // stays one
    if (std::fpclassify(number) == FP_SUBNORMAL) return (bits >> 16U) & 0x8000U;
    return (bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U;
}

}  // namespace

Pair round_pair(float first, float second) { return round_to_bf16(first) | round_to_bf16(second) << 16U; }

namespace {

constexpr unsigned onednn_avx512 = 0x20;       ///< the bit of dnnl_cpu_isa_avx512_core
constexpr unsigned onednn_avx512_bf16 = 0x80;  ///< of dnnl_cpu_isa_avx512_core_bf16

/// The instruction sets that oneDNN uses, by the description; all where it does not tell.
unsigned onednn_sets(const std::string& hardware) {
    constexpr std::string_view title = "oneDNN ISA 0x";
    const auto at = hardware.find(title);
    unsigned sets = ~0U;
    if (at != std::string::npos)
        std::from_chars(hardware.data() + at + title.size(), hardware.data() + hardware.size(), sets, 16);
    return sets;
}

}  // namespace

namespace {

bool without_vectors(const std::string& hardware) {
    const auto says = [&](const char* text) { return hardware.find(text) != std::string::npos; };
    return says("CPU capability NO AVX") || says("CPU capability DEFAULT");
}

}  // namespace

const Kernels* bf16_kernels_for(const std::string& hardware) {
    if (without_vectors(hardware) || (onednn_sets(hardware) & onednn_avx512_bf16) == 0) return nullptr;
    const Kernels* const fastest = available_bf16_kernels().front();
    return fastest == portable_bf16_kernels ? nullptr : fastest;
}

const Kernels& kernels_for(const std::string& hardware) {
    if (without_vectors(hardware)) return *portable_kernels;
    const bool may_use_avx512 = (onednn_sets(hardware) & onednn_avx512) != 0;
    for (const Kernels* kernels : available_kernels())
        if (may_use_avx512 || kernels != avx512_kernels) return *kernels;
    return *portable_kernels;
}

}  // namespace semscope::kernels
