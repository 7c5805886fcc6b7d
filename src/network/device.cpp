#include "semscope/network/device.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

namespace semscope::network {

Device choose_device(DeviceRequest request, int local_rank, int visible_devices) {
    if (request == DeviceRequest::cuda && visible_devices == 0)
        throw UsageError("run.device = cuda, but no CUDA device is visible to this process");
    if (request == DeviceRequest::cpu || visible_devices == 0) return {DeviceKind::cpu, 0};
    return {DeviceKind::cuda, local_rank % visible_devices};
}

std::string to_string(const Device& device) {
    return device.kind == DeviceKind::cpu ? "cpu" : fmt::format("cuda:{}", device.index);
}

}  // namespace semscope::network
