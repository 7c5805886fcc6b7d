#pragma once

#include <cstdint>

namespace semscope::occlusion {

/// Turns the seconds between checkpoints into a number of batches, so that no collective call depends on a local clock:
/// all ranks know the number before they start, and meet when they have done it.
class CheckpointPace {
  public:
    /// `seconds` between checkpoints; at most `most_batches` between two, which bounds the memory of the rows.
    CheckpointPace(double seconds, std::uint64_t most_batches) : seconds_(seconds), most_batches_(most_batches) {}

    /// Batches until the next checkpoint: one at first, to measure; then as many as the slowest rank does in the time.
    std::uint64_t batches() const noexcept { return batches_; }

    /// Learns from the last interval. `seconds_per_batch` is the largest over all ranks, agreed by them; 0 = nobody did
    /// a batch, nothing is learned.
    void learn(double seconds_per_batch);

  private:
    double seconds_;
    std::uint64_t most_batches_;
    std::uint64_t batches_ = 1;
};

}  // namespace semscope::occlusion
