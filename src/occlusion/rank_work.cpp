#include "rank_work.hpp"

#include "semscope/core/errors.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace semscope::occlusion {

RankWork::RankWork(Arguments arguments)
    : task_(arguments.task),
      span_(arguments.span),
      images_(std::move(arguments.images)),
      semantics_(std::move(arguments.semantics)),
      pixels_(std::move(arguments.pixels)),
      label_digests_(std::move(arguments.label_digests)),
      occluder_(arguments.occluder),
      timer_(arguments.timer),
      buffer_(task_.attribution, task_.scenes,
              [&source = task_.source](std::uint64_t image) { return source.photo_name(image); }),
      exhausted_(images_.empty()),
      // Enough images ahead for two batches of images with few classes, and for every worker to have something to do.
      loader_(images_.size(), arguments.loaders, 4 + 2 * static_cast<std::size_t>(arguments.loaders),
              [this](std::size_t i) {
                  return load_image(task_.source, task_.crops, images_[i], label_digests_[images_[i] - span_.begin]);
              }) {
    free_slots_.resize(static_cast<std::size_t>(occluder_.slots()));
    std::iota(free_slots_.begin(), free_slots_.end(), 0);
    if (task_.attribution.interactions) pair_offsets_ = pair_offsets(task_.variant_offsets, span_);
}

Range RankWork::variants_of(std::uint64_t image) const {
    return {task_.variant_offsets[image], task_.variant_offsets[image + 1]};
}

ImageRows RankWork::rows_of(std::uint64_t image, std::uint64_t photo_digest) const {
    ImageRows rows;
    rows.image = image;
    rows.variants = variants_of(image);
    rows.scene = task_.source.images.scene(image);
    rows.photo_digest = photo_digest;
    const std::uint64_t first = rows.variants.begin - task_.variant_offsets[span_.begin];
    const auto semantics = std::span(semantics_).subspan(first, rows.variants.size());
    rows.semantics.assign(semantics.begin(), semantics.end());
    if (!pixels_.empty()) {
        const auto pixels = std::span(pixels_).subspan(first, rows.variants.size());
        rows.pixels.assign(pixels.begin(), pixels.end());
    }
    if (!pair_offsets_.empty()) {
        const std::uint64_t own = image - span_.begin;
        rows.pairs = {pair_offsets_[own], pair_offsets_[own + 1]};
    }
    return rows;
}

/// Takes the next image to work on, if there is one.
void RankWork::take_image() {
    std::optional<Loaded> loaded;
    {
        const PhaseScope phase(timer_, "decode wait");
        loaded = loader_.next();
    }
    if (!loaded) {
        exhausted_ = true;
        return;
    }
    const std::uint64_t image = images_[next_image_++];
    ++report_.images;
    if (!loaded->sample) {
        buffer_.add_unreadable(rows_of(image, 0));
        report_.unreadable.push_back(loaded->problem);
        return;
    }
    const int slot = free_slots_.front();
    free_slots_.pop_front();
    occluder_.load(slot, std::move(loaded->sample));
    working_.push_back({&buffer_.expect(rows_of(image, loaded->photo_digest)), slot});
}

/// Queues forwards of an image until the queue is full. All of them where batches are of whole photos. Returns whether
/// there were any.
bool RankWork::queue_forwards_of(Working& working) {
    bool any = false;
    while (!is_full() || (any && occluder_.incremental())) {
        const auto coalition = working.image->evaluation->next();
        if (!coalition) break;
        network::Forward forward{working.slot};
        forward.also = attribution::inhibited(*coalition, working.image->rows.semantics);
        if (!forward.also.empty()) {
            forward.semantic = forward.also.front();
            forward.also.erase(forward.also.begin());
        }
        queue_.push_back(std::move(forward));
        queue_owners_.push_back(&working);
        ++working.queued;
        any = true;
    }
    return any;
}

/// Queues forwards of the oldest image that has some to be done. Returns whether there were any.
bool RankWork::queue_forwards() {
    return std::any_of(working_.begin(), working_.end(), [&](Working& working) { return queue_forwards_of(working); });
}

/// Lets go of the images whose last forwards have been assembled: their slots are free, and they leave the buffer when
/// their rows have come.
void RankWork::release_images() {
    working_.remove_if([&](const Working& working) {
        const bool done = working.queued == 0 && working.image->evaluation->exhausted();
        if (done) free_slots_.push_back(working.slot);
        return done;
    });
}

/// For rows that decide which forwards it needs besides.
bool RankWork::some_image_waits() const noexcept {
    return std::any_of(working_.begin(), working_.end(),
                       [](const Working& working) { return !working.image->evaluation->exhausted(); });
}

/// Until a batch can be filled or there is no more to do. An image whose rows decide how it goes on waits for them; as
/// long as there are other images and slots for them, nobody waits for it.
void RankWork::fill_queue() {
    while (!is_full()) {
        if (queue_forwards()) continue;
        if (!exhausted_ && !free_slots_.empty())
            take_image();
        else if (some_image_waits() && occluder_.started() > 0)
            take_scores();
        else
            break;
    }
}

void RankWork::start_queue() {
    const std::size_t count = occluder_.next_batch(queue_);
    occluder_.assemble(std::span(queue_).first(count));
    const PhaseScope phase(timer_, "forward");
    occluder_.start();
    report_.padding += occluder_.padding(count);
    std::vector<ImageInWork*>& images = started_.emplace_back();
    for (std::size_t i = 0; i < count; ++i) {
        --queue_owners_[i]->queued;
        images.push_back(queue_owners_[i]->image);
    }
    const auto end = static_cast<std::ptrdiff_t>(count);
    queue_.erase(queue_.begin(), queue_.begin() + end);
    queue_owners_.erase(queue_owners_.begin(), queue_owners_.begin() + end);
    release_images();
}

/// Of the oldest batch that was started.
void RankWork::take_scores() {
    const std::size_t count = occluder_.started_forwards();
    probabilities_.resize(count * task_.scenes);
    {
        const PhaseScope phase(timer_, "forward");
        occluder_.finish(probabilities_);
    }
    const std::vector<ImageInWork*> images = std::move(started_.front());
    started_.pop_front();
    for (std::size_t i = 0; i < count; ++i) {
        buffer_.add_row(*images[i], std::span(probabilities_).subspan(i * task_.scenes, task_.scenes));
        if (images[i]->finished() && !task_.further.empty()) {
            const ImageRows& rows = images[i]->rows;
            spared_ += 1 + rows.variants.size() + task_.further[rows.image] - images[i]->evaluation->given();
        }
    }
    report_.forwards += count;
    release_images();
    buffer_.settle();
}

bool RankWork::do_batch() {
    const PhaseScope phase(timer_, "batch assembly");
    fill_queue();
    const bool more = !queue_.empty();
    if (more) start_queue();
    if (occluder_.started() == 0) return false;
    // Usually one batch; after start_ahead several were waiting.
    keep_started(more ? 1 : occluder_.started() - 1);
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
