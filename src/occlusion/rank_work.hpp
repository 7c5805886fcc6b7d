#pragma once

#include "result_buffer.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <deque>
#include <list>
#include <span>
#include <vector>

namespace semscope::occlusion {

/// The forwards of one rank, in batches. Local: it never communicates, so an error in it can be agreed on afterwards.
class RankWork {
  public:
    /// All references must outlive the object.
    struct Arguments {
        const Task& task;
        Range span;                                ///< this rank's images
        std::vector<std::uint64_t> images;         ///< of these the ones to be done, ascending
        std::vector<std::uint16_t> semantics;      ///< classes of the variants of the span
        std::vector<std::uint32_t> pixels = {};    ///< of these; empty where there are no curves
        std::vector<std::uint64_t> label_digests;  ///< of the images of the span
        incremental::Occluder& occluder;
        int loaders = 1;  ///< decode workers
        PhaseTimer& timer;
    };
    explicit RankWork(Arguments arguments);

    /// Starts the next batch and takes the scores of the one before, so that a GPU always has its next batch waiting.
    /// Returns false when there was nothing left to do.
    bool do_batch();

    /// Takes the scores of all batches that were started.
    void drain();

    /// Starts up to `ahead` further batches, then takes the scores of those that were started before. On a GPU the
    /// further ones run while the caller does something else. When there is nothing left to start, this is drain().
    void start_ahead(std::size_t ahead);

    /// All images are done.
    bool finished() const noexcept {
        return exhausted_ && queue_.empty() && occluder_.started() == 0 && !some_image_waits();
    }
    /// Forwards of the plan that are done, or turned out not to be needed.
    std::uint64_t done() const noexcept { return report_.forwards + spared_; }
    ResultBuffer& buffer() noexcept { return buffer_; }
    const ResultBuffer& buffer() const noexcept { return buffer_; }
    RunReport& report() noexcept { return report_; }
    const RunReport& report() const noexcept { return report_; }

  private:
    /// An image that has forwards to be queued, or rows that decide which.
    struct Working {
        ImageInWork* image = nullptr;
        int slot = 0;
        std::size_t queued = 0;  ///< forwards in the queue
    };

    void fill_queue();
    bool some_image_waits() const noexcept;
    bool queue_forwards();
    bool queue_forwards_of(Working& working);
    void release_images();
    bool is_full() const noexcept { return queue_.size() >= occluder_.full_batch(); }
    void take_image();
    ImageRows rows_of(std::uint64_t image, std::uint64_t photo_digest) const;
    void start_queue();
    void take_scores();
    void keep_started(std::size_t most);
    Range variants_of(std::uint64_t image) const;

    const Task& task_;
    Range span_;
    std::vector<std::uint64_t> images_;
    std::vector<std::uint16_t> semantics_;
    std::vector<std::uint32_t> pixels_;
    std::vector<std::uint64_t> label_digests_;
    std::vector<std::uint64_t> pair_offsets_;  ///< of the span; empty where there are no interactions
    incremental::Occluder& occluder_;
    PhaseTimer& timer_;
    ResultBuffer buffer_;
    RunReport report_;
    std::uint64_t spared_ = 0;
    std::size_t next_image_ = 0;  ///< index in images_
    bool exhausted_ = false;
    std::list<Working> working_;  ///< in ascending order of the images
    std::deque<int> free_slots_;
    std::vector<network::Forward> queue_;            ///< forwards of the images that were taken
    std::vector<Working*> queue_owners_;             ///< of the forwards in the queue
    std::deque<std::vector<ImageInWork*>> started_;  ///< whose forwards the batches that were started are
    std::vector<float> probabilities_;
    Prefetcher<Loaded> loader_;  ///< last: its workers use the members above
};

}  // namespace semscope::occlusion
