#include "kernels.hpp"

#include <charconv>
#include <string_view>

namespace semscope::incremental {

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

namespace {

constexpr unsigned onednn_avx512 = 0x20;  ///< the bit of dnnl_cpu_isa_avx512_core

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

const Kernels& kernels_for(const std::string& hardware) {
    const auto says = [&](const char* text) { return hardware.find(text) != std::string::npos; };
    if (says("CPU capability NO AVX") || says("CPU capability DEFAULT")) return *portable_kernels;
    for (const Kernels* kernels : available_kernels())
        if (kernels != avx512_kernels || (onednn_sets(hardware) & onednn_avx512) != 0) return *kernels;
    return *portable_kernels;
}

}  // namespace semscope::incremental
