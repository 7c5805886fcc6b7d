#pragma once

#include "semscope/results/occlusion_writer.hpp"

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
    void expect(std::uint64_t image, Range variants, std::int32_t scene);

    /// Announces an image that cannot be read: its rows are NaN, and it is finished.
    void add_unreadable(std::uint64_t image, Range variants);

    /// Adds the next row, C probabilities. Throws InferenceError when one of them is not finite.
    void add_row(std::span<const float> row);

    /// Takes the rows of the finished images out; those of unfinished images stay.
    results::ResultRows take_finished();

    /// Rows held, finished or not.
    std::size_t rows() const noexcept { return rows_; }

  private:
    struct Entry {
        std::uint64_t image = 0;
        Range variants;
        std::int32_t scene = -1;
        results::ImageStatus status = results::ImageStatus::done;
        std::vector<float> rows;  ///< [1 + variants, C], as far as they have come

        bool finished(std::size_t scenes) const { return rows.size() == (1 + variants.size()) * scenes; }
    };

    std::size_t scenes_;
    ImageName image_name_;
    std::size_t rows_ = 0;
    std::deque<Entry> entries_;
    std::size_t filling_ = 0;  ///< index of the first unfinished entry
};

}  // namespace semscope::occlusion
