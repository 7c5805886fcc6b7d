#include "semscope/occlusion/run.hpp"

#include "rank_work.hpp"
#include "semscope/cli/distributed_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/occlusion/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace semscope::occlusion {

namespace {

/// How many batches a rank may hold.
struct BatchLimits {
    std::uint64_t between_checkpoints = 1;
    std::uint64_t ahead = 0;  ///< started while a checkpoint is written
};

/// Such that rows take no more than `bytes`: each twice for a moment, when they are put together for the file.
BatchLimits batch_limits(std::uint64_t bytes, std::uint64_t batch, const Task& task) {
    // With attributions up to 5 rows come of 2 forwards, those of an image of one class.
    const std::uint64_t rows = batch * (task.attribution.any() ? 3 : 1);
    const std::uint64_t most = bytes / (2 * rows * task.scenes * sizeof(float));
    // What an image with curves needs depends on its rows: batches that are started ahead would depend on the clock.
    const std::uint64_t ahead = task.attribution.curves ? 0 : most / 8;
    return {std::max<std::uint64_t>(1, most - ahead), ahead};
}

/// The work of a rank as steps of one batch; what is finished is written at each checkpoint.
///
/// The calls of HDF5 and MPI stay on this thread, as the library of MPI may ask for that. A GPU is kept at work
/// meanwhile by batches that are queued before the ranks meet: as many as it did in the time of the last checkpoint. On
/// a CPU the cores that write are those that compute; nothing would be gained by doing both at once.
class CheckpointedWork : public cli::RankTask {
  public:
    CheckpointedWork(RankWork& work, const RunArguments& run, std::uint64_t ahead)
        : work_(work), run_(run), ahead_(run.occluder.runs_by_itself() ? ahead : 0) {}

    bool do_step() override {
        ++steps_;
        return work_.do_batch();
    }
    void drain() override { work_.drain(); }
    void pause() override {
        work_.start_ahead(batches_of_a_checkpoint());
        paused_ = steady_seconds();
    }
    bool finished() const override { return work_.finished(); }
    std::uint64_t done() const override { return work_.done(); }
    std::array<double, 3> sums() const override {
        const RunningScore& score = work_.buffer().score();
        return {static_cast<double>(score.images), static_cast<double>(score.correct), score.loss};
    }
    std::string describe(const std::array<double, 3>& sums) const override {
        return occlusion::describe({static_cast<std::uint64_t>(sums[0]), static_cast<std::uint64_t>(sums[1]), sums[2]});
    }

    void save() override {
        const PhaseScope phase(run_.timer, "write");
        run_.writer.write_results(work_.buffer().take_finished());
        ++work_.report().checkpoints;
        const double now = steady_seconds();
        seconds_of_a_step_ = steps_ == 0 ? 0 : (paused_ - resumed_) / static_cast<double>(steps_);
        seconds_of_a_checkpoint_ = now - paused_;
        resumed_ = now;
        steps_ = 0;
    }

  private:
    /// 0 before the first checkpoint.
    std::uint64_t batches_of_a_checkpoint() const {
        if (seconds_of_a_step_ <= 0) return 0;
        const double batches = std::ceil(seconds_of_a_checkpoint_ / seconds_of_a_step_);
        return static_cast<std::uint64_t>(std::min(batches, static_cast<double>(ahead_)));
    }

    RankWork& work_;
    const RunArguments& run_;
    std::uint64_t ahead_;
    std::uint64_t steps_ = 0;
    double resumed_ = steady_seconds();
    double paused_ = resumed_;
    double seconds_of_a_step_ = 0;
    double seconds_of_a_checkpoint_ = 0;
};

std::vector<std::uint64_t> pending_images(std::span<const std::uint8_t> status, Range span) {
    std::vector<std::uint64_t> images;
    for (std::uint64_t image = span.begin; image < span.end; ++image)
        if (status[image] == results::stored(results::ImageStatus::pending)) images.push_back(image);
    return images;
}

/// MPI-IO may give zeros for what it could not read (OMPIO does), which would inhibit a class that is none.
void require_classes(std::span<const std::uint64_t> offsets, Range span, std::span<const std::uint16_t> semantics) {
    for (std::uint64_t image = span.begin; image < span.end; ++image)
        for (std::uint64_t v = offsets[image]; v < offsets[image + 1]; ++v) {
            const std::uint64_t at = v - offsets[span.begin];
            if (semantics[at] == 0 || (v > offsets[image] && semantics[at] <= semantics[at - 1]))
                throw IoError(fmt::format("the classes of image {} cannot be read back from the output", image));
        }
}

}  // namespace

std::string describe(const RunningScore& score) {
    if (score.images == 0) return "";
    const auto images = static_cast<double>(score.images);
    return fmt::format("{} images: loss {:.4f}, top-1 {:.2f} %", score.images, score.loss / images,
                       100 * static_cast<double>(score.correct) / images);
}

RunReport run(const RunArguments& run) {
    const Task& task = run.task;
    const Range span = task.plan.images_of(run.communicator.rank());
    const auto& offsets = task.variant_offsets;
    const Range variants{offsets[span.begin], offsets[span.end]};
    auto semantics = run.writer.read_variant_semantics(variants);
    comm::agree(run.communicator, [&] { require_classes(offsets, span, semantics); });
    RankWork work(
        {.task = task,
         .span = span,
         .images = pending_images(task.status, span),
         .semantics = std::move(semantics),
         .pixels = task.attribution.curves ? run.writer.read_variant_pixels(variants) : std::vector<std::uint32_t>(),
         .label_digests = run.writer.read_label_digests(span),
         .occluder = run.occluder,
         .loaders = run.loaders,
         .timer = run.timer});
    const BatchLimits limits = batch_limits(run.buffer_bytes, run.occluder.full_batch(), task);
    CheckpointedWork steps(work, run, limits.ahead);
    const auto end = cli::run_distributed(steps, {.communicator = run.communicator,
                                                  .log = run.log,
                                                  .unit = "forwards",
                                                  .total = task.plan.total,
                                                  .pace = {run.checkpoint_seconds, limits.between_checkpoints},
                                                  .watchdog = &run.watchdog,
                                                  .timer = &run.timer});
    work.report().not_finite = std::move(work.buffer().not_finite());
    work.report().stopped = end == cli::RunEnd::stopped;
    return std::move(work.report());
}

}  // namespace semscope::occlusion
