#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include <optional>

namespace semscope::network {

/// Rows on their way from a device to the host. Local; one thread at a time.
class RowsToHost {
  public:
    /// Begins to copy `rows`, float32 of any device. On a GPU this only queues the copy, behind what makes the rows.
    explicit RowsToHost(const at::Tensor& rows);

    /// The rows on the host, contiguous, once they have come. Throws the errors of the device in what was queued.
    const at::Tensor& wait() const;

  private:
    at::Tensor rows_;
    std::optional<c10::Event> ready_;
};

}  // namespace semscope::network
