#include "semscope/occlusion/occlude.hpp"

#include "output.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/run_report.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/memory.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/job/stop_signal.hpp"
#include "semscope/job/watchdog.hpp"
#include "semscope/network/device.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/setup.hpp"
#include "semscope/occlusion/survey.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::occlusion {
namespace {

using cli::RunContext;
using comm::Communicator;

/// Everything that is checked before the output is touched.
struct Preparation {
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    std::optional<occlusion::Inputs> inputs;
    std::optional<incremental::Occluder> occluder;
    network::Placement placement;
    results::Provenance provenance;  ///< on rank 0
    std::string model_sha256;        ///< of the file as rank 0 has read it, "" when it could not
    occlusion::ExistingOutput existing;
    std::optional<results::OcclusionWriter> writer;  ///< of a file that is continued
    std::vector<std::uint8_t> status;                ///< of its images
    std::optional<occlusion::KnownInputs> known;
    occlusion::Survey survey;

    bool nothing_to_do() const { return existing.resumed && existing.pending == 0; }
};

/// How a run that was stopped or refused starts again.
const std::string how_to_start_again = "with --run.resume true to start again";

/// Rank 0 takes the lock and looks at what is there.
void look_at_output(const RunContext& context, Preparation& ready, Problems& problems) {
    const cli::Settings& settings = context.settings;
    const auto& path = settings.output.occlusion;
    if (!settings.dry_run && std::filesystem::is_directory(path.parent_path()))
        problems.collect([&] {
            ready.lock = std::make_unique<OutputLock>(path, cli::lock_options(context, path, how_to_start_again));
        });
    // Under the lock: the job that held it until now may have made the file.
    occlusion::check_existing(settings, problems);
    // A network that is missing is reported when it is loaded.
    if (!ready.inputs || !occlusion::has_network(settings.model.path)) return;
    problems.collect([&] {
        ready.provenance = occlusion::describe_run(context, *ready.inputs, ready.placement);
        ready.model_sha256 = occlusion::entry(ready.provenance, "model_sha256");
        require_sha256(settings.model.path, ready.model_sha256,
                       cli::expected_sha256("model.sha256", settings.model.sha256, ""));
        ready.existing = occlusion::examine_existing(context, *ready.inputs, ready.provenance, problems);
    });
}

void load_network(const cli::Settings& settings, Preparation& ready, Problems& problems) {
    // Without scene names the network can still be missing or broken; its number of scores is judged when known.
    const std::size_t scenes = ready.inputs ? ready.inputs->scenes.size() : 0;
    if (!ready.inputs && occlusion::has_network(settings.model.path)) return;
    problems.collect([&] {
        auto network = occlusion::network_options(settings, ready.placement, scenes);
        network.sha256 = cli::expected_sha256("model.sha256", settings.model.sha256, ready.model_sha256);
        const auto photos = ready.inputs ? first_photos(ready.inputs->source, photos_of_trial)
                                         : std::vector<std::shared_ptr<const network::Sample>>();
        ready.occluder.emplace(network::Occluder(network, occlusion::occlusion_options(settings), photos),
                               settings.run.incremental == Incremental::on);
    });
}

/// Records whether the network's numbers depend on ranks and threads, and holds the run to it: among its ranks, and to
/// the file that is continued. Collective; for a network that all ranks have loaded.
void hold_to_shape(const RunContext& context, Preparation& ready, Problems& problems) {
    const Communicator& communicator = context.communicator;
    const network::Invariance own = ready.occluder->whole().invariance();
    const occlusion::RunShape shape{{communicator.all_of(own.batch), communicator.all_of(own.threads)},
                                    ready.placement.threads,
                                    communicator.size()};
    const int fewest = communicator.min(shape.threads);
    const int most = communicator.max(shape.threads);
    comm::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        if (!shape.invariance.threads && fewest != most)
            problems.add(
                fmt::format("ranks have from {} to {} compute threads, by which this network rounds otherwise: set "
                            "run.threads",
                            fewest, most));
        occlusion::add_shape(shape, ready.provenance);
        if (ready.existing.resumed) occlusion::compare_shape(context.settings.output.occlusion, shape, problems);
    });
}

/// Collective. All ranks run in one way, which the file tells, and which is that of the file that is resumed.
void record_incremental(const RunContext& context, Preparation& ready, Problems& problems) {
    const Communicator& communicator = context.communicator;
    if (!communicator.all_of(ready.occluder.has_value())) return;
    const bool incremental = ready.occluder->incremental();
    const bool some_are = communicator.any_of(incremental);
    comm::agree(communicator, [&] {
        if (some_are && !incremental)
            throw InputError("this rank cannot run the network incrementally, as others do; set run.incremental = off");
    });
    if (!communicator.is_root()) return;
    ready.provenance.emplace_back("incremental", incremental ? "on" : "off");
    if (ready.existing.resumed && ready.existing.incremental != incremental)
        problems.add(
            fmt::format("{}: cannot be resumed: it was begun {} incremental inference, and this program runs the "
                        "network {}",
                        context.settings.output.occlusion.string(), ready.existing.incremental ? "with" : "without",
                        incremental ? "so" : "as a whole"));
}

void survey_images(const RunContext& context, Preparation& ready, Problems& problems) {
    const PhaseScope phase(context.timer, "survey");
    ready.survey = occlusion::survey({.source = ready.inputs->source,
                                      .communicator = context.communicator,
                                      .workers = ready.placement.survey_workers,
                                      .problems = problems,
                                      .on_image =
                                          [&] {
                                              context.activity.tick();
                                              cli::check_stop(context, how_to_start_again);
                                          },
                                      .known = ready.known ? &*ready.known : nullptr});
}

/// A file that is continued tells which images are done: their inputs need not be looked at again.
void open_existing(const RunContext& context, Preparation& ready) {
    const cli::Settings& settings = context.settings;
    ready.writer.emplace(settings.output.occlusion, context.communicator, settings.output.hints);
    ready.status = occlusion::states_to_resume(ready.writer->read_status(), settings.run.retry_unreadable);
    ready.known =
        occlusion::read_known_inputs(*ready.writer, ready.status, settings.run.verify_inputs, context.communicator);
}

bool no_problems(const RunContext& context, const Problems& problems) {
    return context.communicator.sum(std::uint64_t{problems.list().size()}) == 0;
}

/// Reads, loads and surveys; collects all that is wrong anywhere and reports it together. Collective. An output that is
/// complete already needs no network, and no survey unless its inputs are to be verified.
Preparation prepare(const RunContext& context) {
    const cli::Settings& settings = context.settings;
    const Communicator& communicator = context.communicator;
    Preparation ready;
    Problems problems;
    const cli::Archives archives =
        cli::open_archives(settings, settings.output.occlusion.parent_path(), communicator, context.log, [&] {
            context.activity.tick();
            cli::check_stop(context, how_to_start_again);
        });
    comm::agree(communicator, [&] {
        occlusion::check_output(settings, problems);
        occlusion::check_combinations(settings, problems);
        problems.collect([&] { hdf5::check_hints(settings.output.hints); });
        ready.inputs = occlusion::read_inputs(settings, archives, problems);
    });
    comm::keep_same_inputs(communicator, ready.inputs,
                           [&](const auto& inputs) { return occlusion::input_digests(settings, inputs); });
    ready.placement = network::place_rank(settings.run, communicator);
    occlusion::settle_batch(context, ready.placement, ready.inputs ? ready.inputs->scenes.size() : 0);
    occlusion::settle_output(context, ready.placement, ready.inputs);
    occlusion::settle_incremental(context, ready.placement, ready.inputs ? &*ready.inputs : nullptr);
    comm::agree(communicator, [&] {
        if (communicator.is_root()) look_at_output(context, ready, problems);
        cli::check_stop(context, how_to_start_again);
    });
    ready.existing = occlusion::broadcast(ready.existing, communicator);
    ready.model_sha256 = communicator.broadcast(ready.model_sha256);
    cli::log_network(settings.model.path, ready.model_sha256, context.log);
    const bool nothing_to_do = ready.nothing_to_do() && no_problems(context, problems);
    if (nothing_to_do && !settings.run.verify_inputs) return ready;

    if (!nothing_to_do) comm::agree(communicator, [&] { load_network(settings, ready, problems); });
    if (communicator.all_of(ready.occluder.has_value())) hold_to_shape(context, ready, problems);
    if (ready.occluder) network::log_remarks(ready.occluder->remarks(), context.log);
    if (const std::string fill = describe_fill(settings); !fill.empty()) context.log.info(fill);
    record_incremental(context, ready, problems);
    if (ready.existing.resumed && no_problems(context, problems)) open_existing(context, ready);
    if (ready.inputs) survey_images(context, ready, problems);
    comm::agree_on_problems(communicator, problems);
    comm::agree(communicator, [&] { cli::check_stop(context, how_to_start_again); });
    return ready;
}

/// The output, ready for the first results. Collective.
void open_output(const RunContext& context, Preparation& ready) {
    const Communicator& communicator = context.communicator;
    context.timer.enter("create file");
    if (!ready.existing.resumed) {
        ready.writer.emplace(occlusion::create_output(context.settings.output, *ready.inputs, ready.survey,
                                                      ready.provenance, communicator));
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
                                .checkpoints = report.checkpoints};
    const auto tell = [&](const std::vector<std::string>& lines, const char* heading) {
        return cli::report_images(lines, heading, communicator, context.log);
    };
    const auto unreadable = tell(report.unreadable, "unreadable images, marked in the file");
    const auto not_finite = tell(report.not_finite, "images with scores that are not finite, marked in the file");
    cli::report_run(counts, context.timer, {context.process_start, run_seconds}, communicator,
                    std::filesystem::path(path).replace_extension(".timing.json"));
    if (!report.stopped)
        return end_of_complete({ready.existing.unreadable + unreadable, ready.existing.not_finite + not_finite}, path,
                               context.log);
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
                                           Group::occlusion, Group::run, Group::output}));
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
    const occlusion::Plan plan = occlusion::make_plan(offsets, ready.status, communicator.size());
    if (communicator.is_root())
        fmt::print("{}", occlusion::describe_plan(plan, results::occlusion_file_bytes(
                                                            occlusion::describe_layout(*ready.inputs, ready.survey))));
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
                          .scenes = ready.inputs->scenes.size()},
                         *ready.writer);
    } catch (const comm::AgreedError&) {
        hint_at_resuming(context);
        throw;
    }
}

}  // namespace semscope::occlusion
