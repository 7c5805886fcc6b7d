#include "kernels.hpp"

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

const Kernels& kernels_for(const std::string& hardware) {
    const auto torch_has = [&](const char* name) { return hardware.find(name) != std::string::npos; };
    for (const Kernels* kernels : available_kernels()) {
        if (kernels == avx512_kernels && !torch_has("CPU capability AVX512")) continue;
        if (kernels == avx2_kernels && !torch_has("CPU capability AVX")) continue;
        return *kernels;
    }
    return *portable_kernels;
}

}  // namespace semscope::incremental
