#pragma once

#include "semscope/attribution/evaluation.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::occlusion {

using comm::Range;

/// An image of a rank, and the rows of the file that are its own.
struct ImageRows {
    std::uint64_t image = 0;
    Range variants;
    Range pairs = {};                           ///< where there are interactions
    std::int32_t scene = -1;                    ///< true scene
    std::uint64_t photo_digest = 0;             ///< 0: it cannot be read
    std::vector<std::uint16_t> semantics = {};  ///< [variants], ascending
    std::vector<std::uint32_t> pixels = {};     ///< [variants]; may be empty where there are no curves
};

/// An image whose forwards are under way or done.
struct ImageInWork {
    ImageRows rows;
    results::ImageStatus status = results::ImageStatus::done;
    std::optional<attribution::Evaluation> evaluation = {};  ///< none where the image cannot be read

    bool finished() const { return !evaluation || evaluation->finished(); }
};

/// Collects the results of a rank's images between two checkpoints. Local.
class ResultBuffer {
  public:
    /// How messages name an image.
    using ImageName = std::function<std::string(std::uint64_t image)>;

    /// `scenes`: C, the length of a row. `settings` must outlive the object.
    ResultBuffer(const attribution::Settings& settings, std::size_t scenes, ImageName image_name)
        : settings_(settings), scenes_(scenes), image_name_(std::move(image_name)) {}

    /// Announces an image, in ascending order. Its evaluation gives out the forwards to be done. The reference is good
    /// until the image is settled.
    ImageInWork& expect(ImageRows rows);

    /// Announces an image that cannot be read: its rows are NaN, and it is finished.
    void add_unreadable(ImageRows rows);

    /// Adds the row of the oldest forward of an image that has none yet, C probabilities. An image with a row that is
    /// not finite has no result: all its rows become NaN, and it is named in not_finite(). Throws InferenceError when
    /// the numbers of another row do not sum to 1.
    void add_row(ImageInWork& image, std::span<const float> row);

    /// Of the finished images so far, those of known scene and with finite scores.
    const RunningScore& score() const noexcept { return score_; }

    /// One sentence for each image with a score that is not finite.
    std::vector<std::string>& not_finite() noexcept { return not_finite_; }

    /// Turns the finished images, up to the first that is not finished, into rows of the file; references to them are
    /// no good any more. To be called often: what an image needs while it is worked on takes far more memory than its
    /// rows, and small pieces of it between the large ones of the network keep those from being used again.
    void settle();

    /// Takes out the results of the finished images, up to the first that is not finished.
    results::ResultRows take_finished();

    /// Rows that have come and were not taken out.
    std::size_t rows() const noexcept;

  private:
    void add_to_score(const ImageInWork& image);
    void append(const ImageInWork& image);
    void append_attribution(const ImageInWork& image);
    void append_nothing(const ImageRows& rows);

    const attribution::Settings& settings_;
    std::size_t scenes_;
    ImageName image_name_;
    RunningScore score_;
    std::vector<std::string> not_finite_;
    std::deque<ImageInWork> images_;
    results::ResultRows ready_;    ///< of the images before those
    std::size_t ready_count_ = 0;  ///< rows that have come of them
};

}  // namespace semscope::occlusion
