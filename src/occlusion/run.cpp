#include "semscope/occlusion/run.hpp"

#include "rank_work.hpp"
#include "semscope/cli/distributed_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/occlusion/survey.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::occlusion {

namespace {

/// The work of a rank as steps of one batch; what is finished is written at each checkpoint.
class CheckpointedWork : public cli::RankTask {
  public:
    CheckpointedWork(RankWork& work, results::OcclusionWriter& writer, PhaseTimer& timer)
        : work_(work), writer_(writer), timer_(timer) {}

    bool do_step() override { return work_.do_batch(); }
    void drain() override { work_.drain(); }
    bool finished() const override { return work_.finished(); }
    std::uint64_t done() const override { return work_.report().forwards; }

    void save() override {
        const PhaseScope phase(timer_, "write");
        writer_.write_results(work_.buffer().take_finished());
        ++work_.report().checkpoints;
    }

  private:
    RankWork& work_;
    results::OcclusionWriter& writer_;
    PhaseTimer& timer_;
};

/// Maximum number of batches between checkpoints such that the rows of a rank stay below 64 MiB.
std::uint64_t maximum_batches(int batch, std::size_t scenes) {
    constexpr std::uint64_t maximum_bytes = std::uint64_t{64} << 20;
    return std::max<std::uint64_t>(1, maximum_bytes / (static_cast<std::uint64_t>(batch) * scenes * sizeof(float)));
}

std::vector<std::uint64_t> pending_images(std::span<const std::uint8_t> status, Range span) {
    std::vector<std::uint64_t> images;
    for (std::uint64_t image = span.begin; image < span.end; ++image)
        if (status[image] == static_cast<std::uint8_t>(results::ImageStatus::pending)) images.push_back(image);
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

RunReport run(const RunArguments& run) {
    const Task& task = run.task;
    const Range span = task.plan.images_of(run.communicator.rank());
    const auto& offsets = task.variant_offsets;
    auto semantics = run.writer.read_variant_semantics({offsets[span.begin], offsets[span.end]});
    comm::agree(run.communicator, [&] { require_classes(offsets, span, semantics); });
    RankWork work({.task = task,
                   .span = span,
                   .images = pending_images(task.status, span),
                   .semantics = std::move(semantics),
                   .occluder = run.occluder,
                   .loaders = run.loaders,
                   .timer = run.timer});
    CheckpointedWork steps(work, run.writer, run.timer);
    const auto end = cli::run_distributed(
        steps, {.communicator = run.communicator,
                .log = run.log,
                .unit = "forwards",
                .total = task.plan.total,
                .pace = {run.checkpoint_seconds, maximum_batches(run.occluder.batch(), task.scenes)},
                .watchdog = &run.watchdog,
                .timer = &run.timer});
    work.report().stopped = end == cli::RunEnd::stopped;
    return std::move(work.report());
}

}  // namespace semscope::occlusion
