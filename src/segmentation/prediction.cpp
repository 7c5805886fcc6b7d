#include "prediction.hpp"

#include "semscope/cli/distributed_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/prefetcher.hpp"
#include "semscope/data/preprocess.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace semscope::segmentation {

data::ImageSize input_size(data::ImageSize stored, int shorter) {
    if (shorter == 0) return stored;
    const double scale = static_cast<double>(shorter) / std::min(stored.width, stored.height);
    const auto scaled = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    return {scaled(stored.width), scaled(stored.height)};
}

std::vector<Batch> make_batches(std::span<const Photo> photos, std::size_t most) {
    std::map<std::pair<int, int>, std::size_t> counts;
    for (const Photo& photo : photos) ++counts[{photo.input.width, photo.input.height}];

    std::map<std::pair<int, int>, std::vector<std::uint64_t>> pending;
    for (std::size_t i = 0; i < photos.size(); ++i)
        if (photos[i].pending) pending[{photos[i].input.width, photos[i].input.height}].push_back(i);

    std::vector<Batch> batches;
    for (const auto& [size, images] : pending) {
        const std::size_t length = std::min(most, counts.at(size));
        for (std::size_t begin = 0; begin < images.size(); begin += length) {
            const auto first = images.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto count = static_cast<std::ptrdiff_t>(std::min(length, images.size() - begin));
            batches.push_back({{size.first, size.second}, length, {first, first + count}});
        }
    }
    return batches;
}

std::vector<std::uint64_t> share_batches(std::span<const Batch> batches, int ranks) {
    std::vector<std::uint64_t> cost{0};
    for (const Batch& batch : batches)
        cost.push_back(cost.back() + batch.length * static_cast<std::uint64_t>(batch.input.width) *
                                         static_cast<std::uint64_t>(batch.input.height));
    return comm::balanced_boundaries(cost, ranks);
}

namespace {

/// What is known of one photo: stored size and whether its label map is there, or what is wrong with it.
struct Finding {
    data::ImageSize stored;
    bool done = false;
    Problems problems;
};

Finding inspect(const Source& source, const LabelFiles& files, bool redo, std::size_t image) {
    Finding finding;
    finding.problems.collect([&] { finding.stored = source.photos.read_header(source.images.path(image)).size; });
    finding.done = finding.problems.empty() && !redo && files.whole(source.images.path(image), finding.stored);
    return finding;
}

/// What ranks tell each other of one photo; the problems go their own way.
struct Fact {
    data::ImageSize stored;
    bool done = false;
};

/// The facts of every image of a share.
std::vector<Fact> inspect_share(const Source& source, const LabelFiles& files, bool redo, comm::Range share,
                                int workers, Problems& problems, const std::function<void()>& tick) {
    std::vector<Fact> facts;
    const std::size_t ahead = 8 * static_cast<std::size_t>(workers);
    Prefetcher<Finding> findings(share.size(), workers, ahead,
                                 [&](std::size_t i) { return inspect(source, files, redo, share.begin + i); });
    while (const auto finding = findings.next()) {
        for (const std::string& problem : finding->problems.list()) problems.add(problem);
        facts.push_back({finding->stored, finding->done});
        tick();
    }
    return facts;
}

}  // namespace

data::Image first_photo(const Source& source) {
    constexpr std::size_t few = 16;
    data::Image photo;
    Problems unreadable;  // the survey or the run tells them
    for (std::size_t image = 0; image < std::min(few, source.images.size()) && photo.pixels.empty(); ++image)
        unreadable.collect([&] {
            const data::Image stored = source.photos.read(source.images.path(image));
            photo = data::resize(stored, input_size(stored.size, source.shorter_side), source.interpolation);
        });
    return photo;
}

std::vector<Photo> survey(const Source& source, const LabelFiles& files, bool redo,
                          const comm::Communicator& communicator, int workers, Problems& problems,
                          const std::function<void()>& tick) {
    const auto share = comm::even_share(source.images.size(), communicator.rank(), communicator.size());
    const auto own =
        comm::agree(communicator, [&] { return inspect_share(source, files, redo, share, workers, problems, tick); });
    std::vector<Photo> photos;
    for (const auto& [stored, done] : communicator.all_gather(own)) {
        const bool known = stored.width > 0;  // the others are among the problems
        photos.push_back({stored, known ? input_size(stored, source.shorter_side) : stored, !done});
    }
    return photos;
}

namespace {

/// A photo as the network shall see it, or why there is none.
struct Loaded {
    data::Image photo;
    std::string problem;
};

Loaded load(const Source& source, std::uint64_t image, const Photo& known) {
    try {
        const data::Image photo = read_again([&] { return source.photos.read(source.images.path(image)); });
        if (photo.size != known.stored) return {{}, source.photo_name(image) + ": changed while the job ran"};
        return {data::resize(photo, known.input, source.interpolation), ""};
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
