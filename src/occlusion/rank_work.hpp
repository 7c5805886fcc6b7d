#pragma once

#include "loader.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/occlusion/result_buffer.hpp"
#include "semscope/occlusion/run.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::occlusion {

/// The forwards of one rank, in batches. Local: it never communicates, so an error in it can be agreed on afterwards.
class RankWork {
  public:
    /// `span`: this rank's images, of which `images` are to be done, in ascending order; `variant_offsets`: of all
    /// images; `semantics`: classes of the variants of the span. All references must outlive it.
    RankWork(const Source& source, const LabelCrops& crops, Range span, std::vector<std::uint64_t> images,
             std::span<const std::uint64_t> variant_offsets, std::vector<std::uint16_t> semantics,
             inference::Occluder& occluder, std::size_t scenes, int loaders, PhaseTimer& timer);

    /// Starts the next batch and takes the scores of the one before, so that a GPU always has its next batch waiting.
    /// Returns false when there was nothing left to do.
    bool do_batch();

    /// Takes the scores of all batches that were started.
    void drain();

    bool finished() const noexcept { return exhausted_ && next_forward_ == queue_.size() && occluder_.started() == 0; }
    ResultBuffer& buffer() noexcept { return buffer_; }
    RunReport& report() noexcept { return report_; }

  private:
    void fill_queue();
    bool take_image();
    void start_queue();
    void take_scores();
    std::span<const std::uint16_t> semantics_of(std::uint64_t image) const;
    Range variants_of(std::uint64_t image) const;

    const Source& source_;
    const LabelCrops& crops_;
    Range span_;
    std::vector<std::uint64_t> images_;
    std::span<const std::uint64_t> variant_offsets_;
    std::vector<std::uint16_t> semantics_;
    inference::Occluder& occluder_;
    std::size_t scenes_;
    PhaseTimer& timer_;
    ResultBuffer buffer_;
    RunReport report_;
    std::size_t next_image_ = 0;  ///< index in images_
    int next_slot_ = 0;
    bool exhausted_ = false;
    std::vector<inference::Forward> queue_;  ///< forwards of the images that were taken; done up to next_forward_
    std::size_t next_forward_ = 0;
    std::vector<float> probabilities_;
    Prefetcher<Loaded> loader_;  ///< last: its workers use the members above
};

}  // namespace semscope::occlusion
