#include "reduction.hpp"

#include "faithfulness.hpp"
#include "full_maps.hpp"
#include "interaction_means.hpp"
#include "scene_statistics.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/statistics/evaluation.hpp"
#include "semscope/statistics/file_evaluation.hpp"
#include "semscope/statistics/image_record.hpp"
#include "semscope/statistics/image_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace semscope::statistics {

namespace {

using comm::Communicator;
using results::ImageStatus;

/// What is to be reduced, and how.
struct Work {
    const results::OcclusionReader& file;
    const Communicator& communicator;
    const ReductionOptions& options;
    const ReductionProgress& progress;

    Area area() const { return options.full_maps != nullptr ? Area::full : Area::crop; }
    Attribution attribution() const { return file.has_shapley() ? Attribution::shapley : Attribution::occlusion; }
};

/// Where what is read of the images goes.
struct Routers {
    RecordRouter& records;
    FullMapRouter& full_maps;
};

/// What a rank has learnt of the images that it has read.
struct Readings {
    explicit Readings(std::size_t scenes) : counts(scenes) {}
    EvaluationCounts counts;
    std::uint64_t pending = 0;
    std::vector<ImageScore> scores;     ///< of done images, in image order
    std::vector<std::uint32_t> images;  ///< those
    DoneImages done() const;            ///< those, with their scenes
    results::ImageStatistics image;     ///< of all
};

DoneImages Readings::done() const {
    DoneImages done{images, {}, {}};
    for (const ImageScore& score : scores) {
        done.predicted.push_back(score.predicted);
        done.truth.push_back(score.scene);
    }
    return done;
}

void read_image(const Work& work, const OcclusionBlock& block, std::uint64_t image, Readings& readings,
                Routers routers) {
    switch (static_cast<ImageStatus>(block.status(image))) {
        case ImageStatus::done:
            break;
        case ImageStatus::unreadable:
            readings.counts.add_unreadable();
            append_without_result(readings.image, block.status(image), block.scene(image));
            return;
        case ImageStatus::not_finite:
            readings.counts.add_not_finite();
            append_without_result(readings.image, block.status(image), block.scene(image));
            return;
        case ImageStatus::pending:
            ++readings.pending;
            append_without_result(readings.image, block.status(image), block.scene(image));
            if (!work.options.partial) throw InputError(fmt::format("image {} is pending", image));
            return;
        default:
            throw InputError(fmt::format("image {} has the unknown status {}", image, block.status(image)));
    }
    if (const std::string fault = block.problem_with(image); !fault.empty())
        throw InputError(fmt::format("image {} is damaged: {}", image, fault));
    const ImageRows rows = block.rows(image);
    const ImageScore score = score_image(rows.probability, block.scene(image), block.loss(image));
    readings.counts.add(score);
    readings.scores.push_back(score);
    const auto reports =
        report_image(static_cast<std::uint32_t>(image), rows, block.pixels(image), score, work.file.semantics());
    readings.images.push_back(static_cast<std::uint32_t>(image));
    append_done(readings.image, rows, score, reports);
    for (const ImageReport& report : reports) routers.records.post(report.image, report.classes);
    if (work.options.full_maps == nullptr) return;
    std::vector<data::ClassCount> recorded;
    for (std::size_t i = 0; i < rows.variants(); ++i) recorded.push_back({rows.semantic[i], block.pixels(image)[i]});
    routers.full_maps.post(score,
                           work.options.full_maps->count(block.path(image), recorded, block.label_digest(image)));
}

/// Reads blocks one after the other, each while the one before is worked on. No other thread may use HDF5 meanwhile.
class BlockReader {
  public:
    BlockReader(const Work& work, std::span<const std::uint64_t> offsets, std::vector<Range> blocks)
        : file_(work.file),
          offsets_(offsets),
          blocks_(std::move(blocks)),
          area_(work.area()),
          attribution_(work.attribution()) {
        read_ahead();
    }
    std::uint64_t size() const { return blocks_.size(); }

    /// The next block, or one without images after the last. Throws what reading it threw.
    OcclusionBlock next() {
        if (!ahead_.valid()) return {file_, Range{0, 0}, offsets_};
        OcclusionBlock block = ahead_.get();
        read_ahead();
        return block;
    }

  private:
    void read_ahead() {
        if (started_ == blocks_.size()) return;
        const Range images = blocks_[started_++];
        const auto read = [this, images] { return OcclusionBlock(file_, images, offsets_, area_, attribution_); };
        try {
            ahead_ = std::async(std::launch::async, read);
        } catch (const std::system_error&) {  // no thread to be had (EAGAIN): next() reads, and no rank waits for ever
            ahead_ = std::async(std::launch::deferred, read);
        }
    }

    const results::OcclusionReader& file_;
    std::span<const std::uint64_t> offsets_;
    std::vector<Range> blocks_;
    Area area_;
    Attribution attribution_;
    std::uint64_t started_ = 0;
    std::future<OcclusionBlock> ahead_;
};

/// Reads this rank's share block by block. Collective: all ranks take the same number of rounds.
Readings read_all(const Work& work, Routers routers, SceneCollector& collector) {
    const auto& file = work.file;
    const Communicator& communicator = work.communicator;
    const auto& options = work.options;
    const auto offsets = comm::agree(communicator, [&] { return work.file.variant_offsets(); });
    const std::uint64_t row_bytes = file.scenes() * sizeof(float) * (file.has_shapley() ? 2 : 1);
    const std::uint64_t maximum_rows = options.block_bytes / std::max<std::uint64_t>(1, row_bytes);
    const auto blocks = plan_blocks(offsets, communicator.rank(), communicator.size(), maximum_rows);
    BlockReader reader(work, offsets, blocks);
    const auto rounds = communicator.max(reader.size());
    Readings readings(file.scenes());
    // A rank without images stands behind all of them.
    readings.image.images =
        blocks.empty() ? Range{file.images(), file.images()} : Range{blocks.front().begin, blocks.back().end};
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Problems problems;
        comm::agree(communicator, [&] {
            work.progress("blocks", round, rounds);
            const OcclusionBlock block = reader.next();
            for (std::uint64_t image = block.images().begin; image < block.images().end; ++image)
                problems.collect([&] {
                    if (work.area() == Area::full)
                        work.progress("blocks", round, rounds);  // label maps take their time
                    read_image(work, block, image, readings, routers);
                });
        });
        comm::agree_on_problems(communicator, problems);
        routers.records.exchange(
            [&](const ImageRecord& image, std::span<const ClassRecord> classes) { collector.add(image, classes); });
        if (work.area() == Area::full) routers.full_maps.exchange(collector);
    }
    if (rounds > 0) comm::agree(communicator, [&] { work.progress("blocks", rounds, rounds); });
    return readings;
}

/// The rows of /evaluation of some scenes.
void fill_evaluation(const EvaluationCounts& counts, results::StatisticsRows& rows) {
    const auto part = [&](const std::vector<std::uint32_t>& all, std::size_t row_length) {
        const auto at = [&](std::uint64_t row) { return all.begin() + static_cast<std::ptrdiff_t>(row * row_length); };
        return std::vector<std::uint32_t>(at(rows.scenes.begin), at(rows.scenes.end));
    };
    rows.confusion = part(counts.confusion, counts.scene_images.size());
    rows.scene_images = part(counts.scene_images, 1);
    rows.scene_top1 = part(counts.scene_top1, 1);
    rows.scene_top2 = part(counts.scene_top2, 1);
    rows.scene_top5 = part(counts.scene_top5, 1);
}

}  // namespace

Reduction reduce(const results::OcclusionReader& file, const Communicator& communicator,
                 const ReductionOptions& options, const ReductionProgress& progress) {
    RecordRouter router(communicator, file.scenes());
    FullMapRouter full_maps(communicator, router);
    const Work work{file, communicator, options, progress};
    SceneCollector collector(router.own_scenes(), file.semantics(), work.area(), work.attribution());
    Readings readings = read_all(work, {router, full_maps}, collector);
    Reduction reduction;
    reduction.evaluation = evaluate_ranks(readings.counts, readings.scores, readings.pending, communicator);
    reduction.rows = comm::agree(communicator, [&] {
        const std::uint64_t scenes = router.own_scenes().size();
        return collector.summarise(options.resampling, options.thresholds,
                                   [&](std::uint64_t done) { progress("scenes", done, scenes); });
    });
    for (std::size_t set = 0; set < reduction.samples.size(); ++set)
        reduction.samples[set] = communicator.sum(reduction.rows.deviation[set].sample_value.size());
    fill_evaluation(readings.counts, reduction.rows);
    reduction.rows.image = std::move(readings.image);
    reduction.flips = communicator.sum(std::uint64_t{reduction.rows.image.flip.size()});
    const DoneImages done = readings.done();
    if (file.has_curves()) {
        Faithfulness areas = measure_faithfulness(file, communicator, done, options.resampling, progress);
        reduction.rows.faithfulness = std::move(areas.scenes);
        reduction.rows.overall = std::move(areas.overall);
    }
    if (file.has_interactions()) {
        reduction.rows.interactions = mean_interactions(file, communicator, done, options.resampling, progress);
        std::array<std::uint64_t, 2> pairs{};
        for (std::size_t of = 0; of < pairs.size(); ++of)
            pairs[of] = communicator.sum(std::uint64_t{reduction.rows.interactions.at(of).first.size()});
        reduction.pairs = pairs;
    }
    return reduction;
}

}  // namespace semscope::statistics
