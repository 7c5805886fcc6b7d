#include "result_buffer.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::occlusion {

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Adds a range of rows to a list of ranges, joining it to the last one when they touch.
void append(std::vector<Range>& ranges, Range range) {
    if (range.empty()) return;
    if (!ranges.empty() && ranges.back().end == range.begin)
        ranges.back().end = range.end;
    else
        ranges.push_back(range);
}

/// Cross-entropy of the true scene: -ln p.
float loss_of(std::span<const float> probabilities, std::int32_t scene) {
    if (scene < 0) return nan;
    return static_cast<float>(-std::log(static_cast<double>(probabilities[static_cast<std::size_t>(scene)])));
}

}  // namespace

void ResultBuffer::expect(std::uint64_t image, Range variants, std::int32_t scene) {
    Entry& entry = entries_.emplace_back(Entry{image, variants, scene, results::ImageStatus::done, {}});
    entry.rows.reserve((1 + variants.size()) * scenes_);
}

void ResultBuffer::add_unreadable(std::uint64_t image, Range variants) {
    const std::size_t rows = 1 + variants.size();
    entries_.push_back(
        {image, variants, -1, results::ImageStatus::unreadable, std::vector<float>(rows * scenes_, nan)});
    rows_ += rows;
}

void ResultBuffer::add_row(std::span<const float> row) {
    while (filling_ < entries_.size() && entries_[filling_].finished(scenes_)) ++filling_;
    if (filling_ == entries_.size()) throw LibraryError("a row of probabilities came for no image");
    Entry& entry = entries_[filling_];
    if (!std::all_of(row.begin(), row.end(), [](float p) { return std::isfinite(p); }))
        throw InferenceError(fmt::format("the network gave a probability that is not finite, for {} ({})",
                                         image_name_(entry.image),
                                         entry.rows.empty() ? "as it is" : "with a class inhibited"));
    entry.rows.insert(entry.rows.end(), row.begin(), row.end());
    ++rows_;
}

results::ResultRows ResultBuffer::take_finished() {
    results::ResultRows out;
    const auto length = static_cast<std::ptrdiff_t>(scenes_);
    while (!entries_.empty() && entries_.front().finished(scenes_)) {
        const Entry& entry = entries_.front();
        append(out.images, {entry.image, entry.image + 1});
        append(out.variants, entry.variants);
        const auto variants_begin = entry.rows.begin() + length;
        out.image_probability.insert(out.image_probability.end(), entry.rows.begin(), variants_begin);
        out.variant_probability.insert(out.variant_probability.end(), variants_begin, entry.rows.end());
        out.image_loss.push_back(loss_of(std::span(entry.rows).first(scenes_), entry.scene));
        out.status.push_back(static_cast<std::uint8_t>(entry.status));
        rows_ -= 1 + entry.variants.size();
        entries_.pop_front();
    }
    filling_ = 0;
    return out;
}

}  // namespace semscope::occlusion
