#include "semscope/network/device.hpp"

#ifdef SEMSCOPE_CUDA_GRAPH
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>

#include <exception>
#endif

namespace semscope::network {

#ifdef SEMSCOPE_CUDA_GRAPH

std::uint64_t free_device_memory(const Device& device) {
    if (device.kind == DeviceKind::cpu) return 0;
    try {
        std::size_t free = 0;
        std::size_t total = 0;
        if (cudaMemGetInfo(&free, &total) != cudaSuccess) return 0;
        const auto statistics =
            c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(device.index));
        constexpr std::size_t all = 0;  // StatType::AGGREGATE, whose namespace is another one in each version
        const auto kept = statistics.reserved_bytes.at(all).current - statistics.allocated_bytes.at(all).current;
        return free + static_cast<std::uint64_t>(kept);
    } catch (const std::exception&) {
        return 0;  // groups have the size that run.batch says then
    }
}

#else

std::uint64_t free_device_memory(const Device& /*device*/) { return 0; }

#endif

}  // namespace semscope::network
