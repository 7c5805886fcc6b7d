#pragma once

#include "loader.hpp"
#include "result_buffer.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/occlusion/run.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::occlusion {

/// The forwards of one rank, in batches. Local: it never communicates, so an error in it can be agreed on afterwards.
class RankWork {
  public:
    /// All references must outlive the object.
    struct Arguments {
        const Task& task;
        Range span;                            ///< this rank's images
        std::vector<std::uint64_t> images;     ///< of these the ones to be done, ascending
        std::vector<std::uint16_t> semantics;  ///< classes of the variants of the span
        network::Occluder& occluder;
        int loaders = 1;  ///< decode workers
        PhaseTimer& timer;
    };
    explicit RankWork(Arguments arguments);

    /// Starts the next batch and takes the scores of the one before, so that a GPU always has its next batch waiting.
    /// Returns false when there was nothing left to do.
    bool do_batch();

    /// Takes the scores of all batches that were started.
    void drain();

    bool finished() const noexcept { return exhausted_ && next_forward_ == queue_.size() && occluder_.started() == 0; }
    ResultBuffer& buffer() noexcept { return buffer_; }
    RunReport& report() noexcept { return report_; }
    const RunReport& report() const noexcept { return report_; }

  private:
    void fill_queue();
    bool take_image();
    void start_queue();
    void take_scores();
    std::span<const std::uint16_t> semantics_of(std::uint64_t image) const;
    Range variants_of(std::uint64_t image) const;

    const Task& task_;
    Range span_;
    std::vector<std::uint64_t> images_;
    std::vector<std::uint16_t> semantics_;
    network::Occluder& occluder_;
    PhaseTimer& timer_;
    ResultBuffer buffer_;
    RunReport report_;
    std::size_t next_image_ = 0;  ///< index in images_
    int next_slot_ = 0;
    bool exhausted_ = false;
    std::vector<network::Forward> queue_;  ///< forwards of the images that were taken; done up to next_forward_
    std::size_t next_forward_ = 0;
    std::vector<float> probabilities_;
    Prefetcher<Loaded> loader_;  ///< last: its workers use the members above
};

}  // namespace semscope::occlusion
