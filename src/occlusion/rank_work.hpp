#pragma once

#include "semscope/core/timing.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace semscope::occlusion {

using comm::Range;

/// Collects the rows of a rank's images between two checkpoints. Rows arrive in the order of the forwards: an image as
/// it is, then its variants. Local.
class ResultBuffer {
  public:
    /// How messages name an image.
    using ImageName = std::function<std::string(std::uint64_t image)>;

    /// `scenes`: C, the length of a row.
    ResultBuffer(std::size_t scenes, ImageName image_name) : scenes_(scenes), image_name_(std::move(image_name)) {}

    /// Announces an image, in ascending order, whose 1 + variants.size() rows will be added; `scene` is its true scene.
    void expect(std::uint64_t image, Range variants, std::int32_t scene, std::uint64_t photo_digest);

    /// Announces an image that cannot be read: its rows are NaN, and it is finished.
    void add_unreadable(std::uint64_t image, Range variants);

    /// Adds the next row, C probabilities. An image with a row that is not finite has no result: all its rows become
    /// NaN, and it is named in not_finite(). Throws InferenceError when the numbers of another row do not sum to 1.
    void add_row(std::span<const float> row);

    /// Of the finished images so far, those of known scene and with finite scores.
    const RunningScore& score() const noexcept { return score_; }

    /// One sentence for each image with a score that is not finite.
    std::vector<std::string>& not_finite() noexcept { return not_finite_; }

    /// Takes the rows of the finished images out; those of unfinished images stay.
    results::ResultRows take_finished();

    /// Rows held, finished or not.
    std::size_t rows() const noexcept { return rows_; }

  private:
    struct Entry {
        std::uint64_t image = 0;
        Range variants;
        std::int32_t scene = -1;
        std::uint64_t photo_digest = 0;
        results::ImageStatus status = results::ImageStatus::done;
        std::vector<float> rows;  ///< [1 + variants, C], as far as they have come

        bool finished(std::size_t scenes) const { return rows.size() == (1 + variants.size()) * scenes; }
    };

    void add_to_score(const Entry& entry);

    std::size_t scenes_;
    ImageName image_name_;
    RunningScore score_;
    std::vector<std::string> not_finite_;
    std::size_t rows_ = 0;
    std::deque<Entry> entries_;
    std::size_t filling_ = 0;  ///< index of the first unfinished entry
};

/// The forwards of one rank, in batches. Local: it never communicates, so an error in it can be agreed on afterwards.
class RankWork {
  public:
    /// All references must outlive the object.
    struct Arguments {
        const Task& task;
        Range span;                                ///< this rank's images
        std::vector<std::uint64_t> images;         ///< of these the ones to be done, ascending
        std::vector<std::uint16_t> semantics;      ///< classes of the variants of the span
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

    bool finished() const noexcept { return exhausted_ && next_forward_ == queue_.size() && occluder_.started() == 0; }
    ResultBuffer& buffer() noexcept { return buffer_; }
    const ResultBuffer& buffer() const noexcept { return buffer_; }
    RunReport& report() noexcept { return report_; }
    const RunReport& report() const noexcept { return report_; }

  private:
    void fill_queue();
    bool take_image();
    void start_queue();
    void take_scores();
    void keep_started(std::size_t most);
    std::span<const std::uint16_t> semantics_of(std::uint64_t image) const;
    Range variants_of(std::uint64_t image) const;

    const Task& task_;
    Range span_;
    std::vector<std::uint64_t> images_;
    std::vector<std::uint16_t> semantics_;
    std::vector<std::uint64_t> label_digests_;
    incremental::Occluder& occluder_;
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
