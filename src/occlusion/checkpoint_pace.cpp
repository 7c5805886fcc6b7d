#include "semscope/occlusion/checkpoint_pace.hpp"

#include <algorithm>

namespace semscope::occlusion {

void CheckpointPace::learn(double seconds_per_batch) {
    if (seconds_per_batch <= 0) return;
    const double wanted = std::min(seconds_ / seconds_per_batch, static_cast<double>(most_batches_));
    batches_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
}

}  // namespace semscope::occlusion
