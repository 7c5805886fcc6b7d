#include "semscope/network/rows_to_host.hpp"

#include "batch_assembly.hpp"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <thread>

namespace semscope::network {

RowsToHost::RowsToHost(const at::Tensor& rows) {
    const torch::Device device = rows.device();
    if (!device.is_cuda()) {
        rows_ = rows.contiguous();
        return;
    }
    rows_ = staging(rows.sizes(), at::kFloat, device);
    rows_.copy_(rows, /*non_blocking=*/true);
    ready_.emplace(device.type());
    ready_->record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
}

// The event is asked and not the stream waited for: that has the next batch behind it already.
const at::Tensor& RowsToHost::wait() const {
    constexpr std::chrono::microseconds between_looks(50);
    while (ready_ && !ready_->query()) std::this_thread::sleep_for(between_looks);
    return rows_;
}

}  // namespace semscope::network
