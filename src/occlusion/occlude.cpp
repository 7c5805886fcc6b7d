#include "semscope/occlusion/occlude.hpp"

#include "output.hpp"
#include "preparation.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/run_report.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/memory.hpp"
#include "semscope/job/stop_signal.hpp"
#include "semscope/job/watchdog.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/statistics/file_evaluation.hpp"
#include "semscope/statistics/scene_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::occlusion {
namespace {

using cli::RunContext;
using comm::Communicator;

/// The output, ready for the first results. Collective.
void open_output(const RunContext& context, Preparation& ready) {
    const Communicator& communicator = context.communicator;
    context.timer.enter("create file");
    if (!ready.existing.resumed) {
        ready.writer.emplace(
            occlusion::create_output(context.settings, *ready.inputs, ready.survey, ready.provenance, communicator));
        return;
    }
    occlusion::mark_retried(*ready.writer, ready.status, communicator);
    if (ready.existing.other_hardware) ready.writer->mark_other_hardware();
}

/// Images of the file that have no result.
struct WithoutResult {
    std::uint64_t unreadable = 0;
    std::uint64_t not_finite = 0;
};

ExitCode end_of_complete(WithoutResult images, const std::filesystem::path& path, const cli::Log& log) {
    log.info(fmt::format("{} is complete", path.string()));
    if (images.unreadable > 0)
        log.warning(fmt::format("{} images of it are unreadable and marked so", images.unreadable));
    if (images.not_finite > 0)
        log.warning(
            fmt::format("{} images of it have scores that are not finite and are marked so", images.not_finite));
    return images.unreadable + images.not_finite == 0 ? ExitCode::done : ExitCode::some_without_result;
}

/// The output has no pending images. Only the mark may be missing, when the job was killed right before it was set.
ExitCode confirm_complete(const RunContext& context, Preparation& ready) {
    const auto& path = context.settings.output.occlusion;
    if (ready.known) context.log.info("photos and label maps are those that the file was made of");
    if (ready.writer) ready.writer->close();
    if (!ready.existing.complete && !context.settings.dry_run)
        results::OcclusionWriter(path, context.communicator).finish();
    context.log.info("nothing is left to do");
    return end_of_complete({ready.existing.unreadable, ready.existing.not_finite}, path, context.log);
}

/// What the run says, besides the error, after an error during the run.
void hint_at_resuming(const RunContext& context) {
    context.log.warning(
        fmt::format("{} holds all checkpoints until here; when the cause of the error is gone, the same "
                    "command with --run.resume true goes on from there",
                    context.settings.output.occlusion.string()));
}

/// Bytes for the results of a rank: run.buffer, the same on all ranks. Collective.
std::uint64_t buffer_bytes(const RunContext& context) {
    constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
    if (const auto asked = context.settings.run.buffer) return static_cast<std::uint64_t>(*asked) * mebibyte;
    const Communicator node = context.communicator.split_node();
    const std::uint64_t share = memory_limit() / 32 / static_cast<std::uint64_t>(node.size());
    return context.communicator.min(std::clamp(share, 64 * mebibyte, 1024 * mebibyte));
}

/// Tells how many floating-point operations the incremental way has left over. Collective.
void log_saving(const incremental::Occluder& occluder, const Communicator& communicator, const cli::Log& log) {
    const double whole = communicator.sum(occluder.flops_of_whole());
    const double done = communicator.sum(occluder.flops());
    const auto bytes = communicator.max(static_cast<double>(occluder.largest_bytes()));
    if (whole > 0)
        log.info(
            fmt::format("{:.1f} % of the floating-point operations of the incremental part were needed, and {:.0f} MiB "
                        "a rank at most "
                        "for feature maps",
                        100 * done / whole, bytes / (1 << 20)));
}

/// Prints how well the network recognises all images of the file, so that a wrong order of the scenes or another
/// preprocessing shows before anybody reduces. Collective.
void print_evaluation(const RunContext& context) {
    const Communicator& communicator = context.communicator;
    const auto file =
        comm::agree(communicator, [&] { return results::OcclusionReader(context.settings.output.occlusion); });
    const auto table = statistics::evaluate_file(file, communicator, [&] { context.activity.tick(); });
    if (!communicator.is_root()) return;
    if (table.images > 0) fmt::print("{}", statistics::evaluation_table(table));
    fmt::print("{}\n", statistics::describe_images(table));
}

/// The pending images, from the first batch to the end or to a stop. Collective.
ExitCode do_images(const RunContext& context, Preparation& ready, const Task& task, results::OcclusionWriter& writer) {
    const Communicator& communicator = context.communicator;
    const auto& path = context.settings.output.occlusion;
    context.timer.enter("other");
    const double run_start = steady_seconds();
    const RunReport report = run({.task = task,
                                  .occluder = *ready.occluder,
                                  .writer = writer,
                                  .communicator = communicator,
                                  .watchdog = context.watchdog,
                                  .timer = context.timer,
                                  .log = context.log,
                                  .loaders = ready.placement.loaders,
                                  .checkpoint_seconds = context.settings.run.checkpoint,
                                  .buffer_bytes = buffer_bytes(context)});
    report.stopped ? writer.close() : writer.finish();
    log_saving(*ready.occluder, communicator, context.log);
    const double run_seconds = communicator.max(steady_seconds() - run_start);

    const cli::RunCounts counts{.images = report.images,
                                .unreadable = report.unreadable.size(),
                                .not_finite = report.not_finite.size(),
                                .forwards = report.forwards,
                                .padding = report.padding,
                                .checkpoints = report.checkpoints,
                                .peak_device_memory = network::peak_device_memory(ready.placement.device)};
    const auto tell = [&](const std::vector<std::string>& lines, const char* heading) {
        return cli::report_images(lines, heading, communicator, context.log);
    };
    const auto unreadable = tell(report.unreadable, "unreadable images, marked in the file");
    const auto not_finite = tell(report.not_finite, "images with scores that are not finite, marked in the file");
    cli::report_run(counts, context.timer, {context.process_start, run_seconds}, communicator,
                    std::filesystem::path(path).replace_extension(".timing.json"));
    if (!report.stopped) {
        print_evaluation(context);
        return end_of_complete({ready.existing.unreadable + unreadable, ready.existing.not_finite + not_finite}, path,
                               context.log);
    }
    const auto signal = static_cast<int>(communicator.max(std::int64_t{context.watchdog.stop_signal()}));
    context.log.warning(
        fmt::format("stopped by {}: {} holds all that was done; run the same command with "
                    "--run.resume true to go on",
                    signal_name(signal), path.string()));
    return ExitCode::stopped;
}

}  // namespace

cli::Options job_options(cli::Settings& settings) {
    cli::Options options("semscope-occlude",
                         "inhibits each semantic class in each photo and records how the scene scores move (MPI)");
    using cli::Group;
    options.add(cli::vocabulary(settings, {Group::data, Group::labels, Group::preprocess, Group::model,
                                           Group::occlusion, Group::attribution, Group::run, Group::output}));
    options.add(cli::dry_run_option(settings));
    return options;
}

ExitCode run_job(const cli::RunContext& context) {
    const Communicator& communicator = context.communicator;
    Preparation ready = prepare(context);
    if (ready.nothing_to_do()) return confirm_complete(context, ready);
    network::log_placement(ready.placement, communicator, context.log);

    const bool dry_run = context.settings.dry_run;
    const auto offsets = occlusion::gather_offsets(ready.survey, communicator);
    if (!ready.existing.resumed)
        ready.status.assign(ready.survey.images, results::stored(results::ImageStatus::pending));
    const attribution::Settings& attribution = context.settings.attribution;
    const auto further = communicator.all_gather(ready.survey.attribution.further);
    const occlusion::Plan plan = occlusion::make_plan(offsets, ready.status, communicator.size(), further);
    const std::uint64_t bytes =
        results::occlusion_file_bytes(occlusion::describe_layout(attribution, *ready.inputs, ready.survey));
    if (communicator.is_root())
        fmt::print("{}{}", occlusion::describe_plan(plan, bytes),
                   occlusion::describe_attributions(attribution, plan, ready.survey.attribution));
    fmt::print("{}",
               occlusion::describe_labels(ready.survey, ready.inputs->source, ready.inputs->semantics, communicator));
    occlusion::log_orientations(ready.survey, context.settings.data.exif, context.log);
    if (dry_run) return ExitCode::done;
    open_output(context, ready);
    occlusion::log_hints(context.settings.output.hints, ready.writer->hints(), context.log);
    try {
        return do_images(context, ready,
                         {.source = ready.inputs->source,
                          .crops = ready.survey.crops,
                          .variant_offsets = offsets,
                          .status = ready.status,
                          .plan = plan,
                          .scenes = ready.inputs->scenes.size(),
                          .attribution = attribution,
                          .further = further},
                         *ready.writer);
    } catch (const comm::AgreedError&) {
        hint_at_resuming(context);
        throw;
    }
}

}  // namespace semscope::occlusion
