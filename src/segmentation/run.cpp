#include "semscope/segmentation/run.hpp"

#include "semscope/cli/distributed_run.hpp"
#include "semscope/core/prefetcher.hpp"
#include "semscope/core/retry.hpp"
#include "semscope/data/preprocess.hpp"

namespace semscope::segmentation {

namespace {

/// A photo as the network shall see it, or why there is none.
struct Loaded {
    data::Image photo;
    std::string problem;
};

Loaded load(const Source& source, std::uint64_t image, const Photo& known) {
    try {
        const data::Image photo = read_again([&] { return data::read_photo(source.image_path(image)); });
        if (photo.size != known.stored) return {{}, source.image_path(image).string() + ": changed while the job ran"};
        return {data::resize(photo, known.input), ""};
    } catch (const InputError& error) {
        return {{}, error.what()};
    }
}

/// The photos of a batch that could be read.
struct LoadedBatch {
    std::vector<data::Image> photos;
    std::vector<std::uint64_t> images;
    std::vector<data::ImageSize> stored;
};

/// Batches of one rank, a step each.
class Work : public cli::RankTask {
  public:
    explicit Work(const RunArguments& run) : run_(run), order_(order_of(run.batches)), loader_(make_loader()) {}

    bool do_step() override {
        if (finished()) return false;
        do_batch(run_.batches[next_++]);
        return true;
    }
    bool finished() const override { return next_ == run_.batches.size(); }
    std::uint64_t done() const override { return report_.images; }
    RunReport& report() noexcept { return report_; }

  private:
    static std::vector<std::uint64_t> order_of(std::span<const Batch> batches) {
        std::vector<std::uint64_t> order;
        for (const Batch& batch : batches) order.insert(order.end(), batch.images.begin(), batch.images.end());
        return order;
    }

    Prefetcher<Loaded> make_loader() {
        const std::size_t first = run_.batches.empty() ? 0 : run_.batches[0].length;
        return Prefetcher<Loaded>(
            order_.size(), run_.loaders, 2 * static_cast<std::size_t>(run_.loaders) + first,
            [this](std::size_t i) { return load(run_.source, order_[i], run_.photos[order_[i]]); });
    }

    LoadedBatch take(const Batch& batch) {
        const PhaseScope phase(run_.timer, "decode wait");
        LoadedBatch result;
        for (const std::uint64_t image : batch.images) {
            std::optional<Loaded> loaded = loader_.next();
            if (!loaded->problem.empty()) {
                report_.unreadable.push_back(loaded->problem);
                continue;
            }
            result.photos.push_back(std::move(loaded->photo));
            result.images.push_back(image);
            result.stored.push_back(run_.photos[image].stored);
        }
        return result;
    }

    void do_batch(const Batch& batch) {
        const LoadedBatch loaded = take(batch);
        report_.images += batch.images.size();
        if (loaded.photos.empty()) return;
        std::vector<network::Segmentation> results;
        {
            const PhaseScope phase(run_.timer, "forward");
            results = run_.segmenter.segment(loaded.photos, loaded.stored, batch.length);
        }
        const std::uint64_t passes = run_.flip ? 2 : 1;
        report_.forwards += passes * loaded.photos.size();
        report_.padding += passes * (batch.length - loaded.photos.size());
        const PhaseScope phase(run_.timer, "write");
        for (std::size_t i = 0; i < results.size(); ++i)
            run_.files.write(run_.source.images.path(loaded.images[i]), loaded.stored[i], results[i]);
    }

    const RunArguments& run_;
    std::vector<std::uint64_t> order_;  ///< photos of all batches
    std::size_t next_ = 0;              ///< index of a batch
    RunReport report_;
    Prefetcher<Loaded> loader_;  ///< last: its workers use the members above
};

}  // namespace

RunReport run(const RunArguments& run) {
    Work work(run);
    const auto end = cli::run_distributed(work, {.communicator = run.communicator,
                                                 .log = run.log,
                                                 .unit = "photos",
                                                 .total = run.pending,
                                                 .watchdog = &run.watchdog,
                                                 .timer = &run.timer});
    work.report().stopped = end == cli::RunEnd::stopped;
    return std::move(work.report());
}

}  // namespace semscope::segmentation
