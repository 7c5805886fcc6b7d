#include "semscope/segmentation/run.hpp"

#include "semscope/base/prefetcher.hpp"
#include "semscope/dataset/preprocess.hpp"

namespace semscope::segmentation {

namespace {

/// A photo as the network shall see it, or why there is none.
struct Loaded {
    dataset::Image photo;
    std::string problem;
};

Loaded load(const Source& source, std::uint64_t image, const Photo& known) {
    try {
        const dataset::Image photo = dataset::read_photo(source.image_path(image));
        if (photo.size != known.stored) return {{}, source.image_path(image).string() + ": changed while the job ran"};
        return {dataset::resize(photo, known.input), ""};
    } catch (const InputError& error) {
        return {{}, error.what()};
    }
}

/// The photos of a batch that could be read.
struct LoadedBatch {
    std::vector<dataset::Image> photos;
    std::vector<std::uint64_t> images;
    std::vector<dataset::ImageSize> stored;
};

class Work {
  public:
    Work(const Source& source, std::span<const Photo> photos, inference::Segmenter& segmenter, bool flip,
         const LabelFiles& files, PhaseTimer& timer)
        : source_(source), photos_(photos), segmenter_(segmenter), flip_(flip), files_(files), timer_(timer) {}

    void do_batch(const Batch& batch, Prefetcher<Loaded>& loader) {
        const LoadedBatch loaded = take(batch, loader);
        report_.images += batch.images.size();
        if (loaded.photos.empty()) return;
        std::vector<inference::Segmentation> results;
        {
            const PhaseScope phase(timer_, "forward");
            results = segmenter_.segment(loaded.photos, loaded.stored, batch.length);
        }
        const std::uint64_t passes = flip_ ? 2 : 1;
        report_.forwards += passes * loaded.photos.size();
        report_.padding += passes * (batch.length - loaded.photos.size());
        const PhaseScope phase(timer_, "write");
        for (std::size_t i = 0; i < results.size(); ++i)
            files_.write(source_.images.path(loaded.images[i]), loaded.stored[i], results[i]);
    }

    RunReport& report() noexcept { return report_; }

  private:
    LoadedBatch take(const Batch& batch, Prefetcher<Loaded>& loader) {
        const PhaseScope phase(timer_, "decode wait");
        LoadedBatch result;
        for (const std::uint64_t image : batch.images) {
            std::optional<Loaded> loaded = loader.next();
            if (!loaded->problem.empty()) {
                report_.unreadable.push_back(loaded->problem);
                continue;
            }
            result.photos.push_back(std::move(loaded->photo));
            result.images.push_back(image);
            result.stored.push_back(photos_[image].stored);
        }
        return result;
    }

    const Source& source_;
    std::span<const Photo> photos_;
    inference::Segmenter& segmenter_;
    bool flip_;
    const LabelFiles& files_;
    PhaseTimer& timer_;
    RunReport report_;
};

}  // namespace

RunReport run(const Source& source, std::span<const Photo> photos, std::span<const Batch> batches,
              inference::Segmenter& segmenter, bool flip, const LabelFiles& files, int loaders, PhaseTimer& timer,
              const std::function<bool(std::uint64_t)>& after_batch) {
    std::vector<std::uint64_t> order;
    for (const Batch& batch : batches) order.insert(order.end(), batch.images.begin(), batch.images.end());
    const std::size_t ahead = 2 * static_cast<std::size_t>(loaders) + (batches.empty() ? 0 : batches[0].length);
    Prefetcher<Loaded> loader(order.size(), loaders, ahead,
                              [&](std::size_t i) { return load(source, order[i], photos[order[i]]); });
    Work work(source, photos, segmenter, flip, files, timer);
    for (const Batch& batch : batches) {
        work.do_batch(batch, loader);
        if (!after_batch(work.report().images)) break;
    }
    return std::move(work.report());
}

}  // namespace semscope::segmentation
