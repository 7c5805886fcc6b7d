#include "rank_work.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/statistics/evaluation.hpp"

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

void ResultBuffer::expect(std::uint64_t image, Range variants, std::int32_t scene, std::uint64_t photo_digest) {
    Entry& entry = entries_.emplace_back(Entry{image, variants, scene, photo_digest, results::ImageStatus::done, {}});
    entry.rows.reserve((1 + variants.size()) * scenes_);
}

void ResultBuffer::add_unreadable(std::uint64_t image, Range variants) {
    const std::size_t rows = 1 + variants.size();
    entries_.push_back(
        {image, variants, -1, 0, results::ImageStatus::unreadable, std::vector<float>(rows * scenes_, nan)});
    rows_ += rows;
}

void ResultBuffer::add_row(std::span<const float> row) {
    while (filling_ < entries_.size() && entries_[filling_].finished(scenes_)) ++filling_;
    if (filling_ == entries_.size()) throw LibraryError("a row of probabilities came for no image");
    Entry& entry = entries_[filling_];
    const bool finite = std::all_of(row.begin(), row.end(), [](float p) { return std::isfinite(p); });
    if (!finite && entry.status == results::ImageStatus::done) {
        entry.status = results::ImageStatus::not_finite;
        not_finite_.push_back(fmt::format("{} ({})", image_name_(entry.image),
                                          entry.rows.empty() ? "as it is" : "with a class inhibited"));
    }
    if (const std::string problem = results::problem_with_distribution(row); finite && !problem.empty())
        throw InferenceError(
            fmt::format("the network gave no probabilities with the sum 1, which model.output promises, for {} ({}): "
                        "the row {}",
                        image_name_(entry.image), entry.rows.empty() ? "as it is" : "with a class inhibited", problem));
    entry.rows.insert(entry.rows.end(), row.begin(), row.end());
    ++rows_;
    if (entry.finished(scenes_)) add_to_score(entry);
}

void ResultBuffer::add_to_score(const Entry& entry) {
    if (entry.scene < 0 || entry.status != results::ImageStatus::done) return;
    const auto row = std::span(entry.rows).first(scenes_);
    ++score_.images;
    score_.correct += statistics::argmax(row) == static_cast<std::uint32_t>(entry.scene) ? 1 : 0;
    score_.loss += static_cast<double>(loss_of(row, entry.scene));
}

results::ResultRows ResultBuffer::take_finished() {
    results::ResultRows out;
    const auto length = static_cast<std::ptrdiff_t>(scenes_);
    while (!entries_.empty() && entries_.front().finished(scenes_)) {
        Entry& entry = entries_.front();
        if (entry.status == results::ImageStatus::not_finite) std::fill(entry.rows.begin(), entry.rows.end(), nan);
        append(out.images, {entry.image, entry.image + 1});
        append(out.variants, entry.variants);
        const auto variants_begin = entry.rows.begin() + length;
        out.image_probability.insert(out.image_probability.end(), entry.rows.begin(), variants_begin);
        out.variant_probability.insert(out.variant_probability.end(), variants_begin, entry.rows.end());
        out.image_loss.push_back(loss_of(std::span(entry.rows).first(scenes_), entry.scene));
        out.status.push_back(stored(entry.status));
        out.photo_digest.push_back(entry.photo_digest);
        rows_ -= 1 + entry.variants.size();
        entries_.pop_front();
    }
    filling_ = 0;
    return out;
}

RankWork::RankWork(Arguments arguments)
    : task_(arguments.task),
      span_(arguments.span),
      images_(std::move(arguments.images)),
      semantics_(std::move(arguments.semantics)),
      label_digests_(std::move(arguments.label_digests)),
      occluder_(arguments.occluder),
      timer_(arguments.timer),
      buffer_(task_.scenes, [&source = task_.source](std::uint64_t image) { return source.photo_name(image); }),
      exhausted_(images_.empty()),
      // Enough images ahead for two batches of images with few classes, and for every worker to have something to do.
      loader_(images_.size(), arguments.loaders, 4 + 2 * static_cast<std::size_t>(arguments.loaders),
              [this](std::size_t i) {
                  return load_image(task_.source, task_.crops, images_[i], label_digests_[images_[i] - span_.begin]);
              }) {}

Range RankWork::variants_of(std::uint64_t image) const {
    return {task_.variant_offsets[image], task_.variant_offsets[image + 1]};
}

std::span<const std::uint16_t> RankWork::semantics_of(std::uint64_t image) const {
    const Range variants = variants_of(image);
    return std::span(semantics_).subspan(variants.begin - task_.variant_offsets[span_.begin], variants.size());
}

/// Takes the next image: its forwards join the queue. Returns false when there is none.
bool RankWork::take_image() {
    std::optional<Loaded> loaded;
    {
        const PhaseScope phase(timer_, "decode wait");
        loaded = loader_.next();
    }
    if (!loaded) {
        exhausted_ = true;
        return false;
    }
    const std::uint64_t image = images_[next_image_++];
    ++report_.images;
    if (!loaded->sample) {
        buffer_.add_unreadable(image, variants_of(image));
        report_.unreadable.push_back(loaded->problem);
        return true;
    }
    // Slots are used in turn. A batch touches at most as many images as it has forwards, and there are as many slots,
    // so the slot that is overwritten here belongs to an image whose forwards are done.
    const int slot = std::exchange(next_slot_, (next_slot_ + 1) % occluder_.slots());
    occluder_.load(slot, std::move(loaded->sample));
    buffer_.expect(image, variants_of(image), task_.source.images.scene(image), loaded->photo_digest);
    queue_.push_back({slot, 0});
    for (const std::uint16_t semantic : semantics_of(image)) queue_.push_back({slot, semantic});
    return true;
}

/// Takes images until a batch can be filled or there are no more.
void RankWork::fill_queue() {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(next_forward_));
    next_forward_ = 0;
    while (!exhausted_ && queue_.size() < static_cast<std::size_t>(occluder_.batch())) take_image();
}

void RankWork::start_queue() {
    const std::size_t count = occluder_.next_batch(queue_);
    occluder_.assemble(std::span(queue_).first(count));
    const PhaseScope phase(timer_, "forward");
    occluder_.start();
    next_forward_ = count;
    report_.padding += occluder_.padding(count);
}

/// Of the oldest batch that was started.
void RankWork::take_scores() {
    const std::size_t count = occluder_.started_forwards();
    probabilities_.resize(count * task_.scenes);
    {
        const PhaseScope phase(timer_, "forward");
        occluder_.finish(probabilities_);
    }
    for (std::size_t i = 0; i < count; ++i)
        buffer_.add_row(std::span(probabilities_).subspan(i * task_.scenes, task_.scenes));
    report_.forwards += count;
}

bool RankWork::do_batch() {
    const PhaseScope phase(timer_, "batch assembly");
    fill_queue();
    if (!queue_.empty()) start_queue();
    if (occluder_.started() == 0) return false;
    // Usually one batch; after start_ahead several were waiting.
    keep_started(queue_.empty() ? occluder_.started() - 1 : 1);
    return true;
}

void RankWork::keep_started(std::size_t most) {
    while (occluder_.started() > most) take_scores();
}

void RankWork::drain() {
    const PhaseScope phase(timer_, "batch assembly");
    keep_started(0);
}

void RankWork::start_ahead(std::size_t ahead) {
    const PhaseScope phase(timer_, "batch assembly");
    std::size_t further = 0;
    for (; further < ahead; ++further) {
        fill_queue();
        if (queue_.empty()) break;
        start_queue();
    }
    keep_started(further);
}

}  // namespace semscope::occlusion
