#include "semscope/occlusion/occlude.hpp"

#include "output.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/run_report.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/job/stop_signal.hpp"
#include "semscope/job/watchdog.hpp"
#include "semscope/network/device.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/setup.hpp"
#include "semscope/occlusion/survey.hpp"

#include <fmt/format.h>

namespace semscope::occlusion {
namespace {

using cli::RunContext;
using comm::Communicator;

/// Everything that is checked before the output is touched.
struct Preparation {
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    std::optional<occlusion::Inputs> inputs;
    std::optional<network::Occluder> occluder;
    network::Placement placement;
    results::Provenance provenance;  ///< on rank 0
    std::string model_sha256;        ///< of the file as rank 0 has read it, "" when it could not
    occlusion::ExistingOutput existing;
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
        ready.occluder.emplace(network, occlusion::occlusion_options(settings), photos);
    });
}

void survey_images(const RunContext& context, Preparation& ready, Problems& problems) {
    const PhaseScope phase(context.timer, "survey");
    ready.survey =
        occlusion::survey(ready.inputs->source, context.communicator, ready.placement.survey_workers, problems, [&] {
            context.activity.tick();
            cli::check_stop(context, how_to_start_again);
        });
}

/// Reads, loads and surveys; collects all that is wrong anywhere and reports it together. Collective. An output that is
/// complete already needs neither network nor survey.
Preparation prepare(const RunContext& context) {
    const cli::Settings& settings = context.settings;
    const Communicator& communicator = context.communicator;
    Preparation ready;
    Problems problems;
    comm::agree(communicator, [&] {
        occlusion::check_output(settings, problems);
        occlusion::check_combinations(settings, problems);
        problems.collect([&] { hdf5::check_hints(settings.output.hints); });
        ready.inputs = occlusion::read_inputs(settings, problems);
    });
    comm::keep_same_inputs(communicator, ready.inputs,
                           [&](const auto& inputs) { return occlusion::input_digests(settings, inputs); });
    ready.placement = network::place_rank(settings.run, communicator);
    occlusion::settle_batch(context, ready.placement, ready.inputs ? ready.inputs->scenes.size() : 0);
    occlusion::settle_output(context, ready.placement, ready.inputs);
    comm::agree(communicator, [&] {
        if (communicator.is_root()) look_at_output(context, ready, problems);
        cli::check_stop(context, how_to_start_again);
    });
    ready.existing = occlusion::broadcast(ready.existing, communicator);
    ready.model_sha256 = communicator.broadcast(ready.model_sha256);
    cli::log_network(settings.model.path, ready.model_sha256, context.log);
    if (ready.nothing_to_do() && communicator.sum(std::uint64_t{problems.list().size()}) == 0) return ready;

    comm::agree(communicator, [&] { load_network(settings, ready, problems); });
    if (ready.occluder) network::log_remarks(ready.occluder->remarks(), context.log);
    if (const std::string fill = describe_fill(settings); !fill.empty()) context.log.info(fill);
    if (ready.inputs) survey_images(context, ready, problems);
    comm::agree_on_problems(communicator, problems);
    comm::agree(communicator, [&] { cli::check_stop(context, how_to_start_again); });
    return ready;
}

/// The output, created or opened after it was compared with the survey. Collective.
results::OcclusionWriter open_output(const RunContext& context, const Preparation& ready) {
    const Communicator& communicator = context.communicator;
    context.timer.enter("create file");
    if (!ready.existing.resumed)
        return occlusion::create_output(context.settings.output, *ready.inputs, ready.survey, ready.provenance,
                                        communicator);
    const cli::OutputSettings& output = context.settings.output;
    results::OcclusionWriter writer(output.occlusion, communicator, output.hints);
    Problems problems;
    occlusion::compare_with_survey(ready.inputs->source, ready.survey, writer, communicator, problems);
    comm::agree_on_problems(communicator, problems);
    if (ready.existing.other_hardware && !context.settings.dry_run) writer.mark_other_hardware();
    return writer;
}

ExitCode end_of_complete(std::uint64_t unreadable, const std::filesystem::path& path, const cli::Log& log) {
    log.info(fmt::format("{} is complete", path.string()));
    if (unreadable == 0) return ExitCode::done;
    log.warning(fmt::format("{} images of it are unreadable and marked so", unreadable));
    return ExitCode::some_unreadable;
}

/// The output has no pending images. Only the mark may be missing, when the job was killed right before it was set.
ExitCode confirm_complete(const RunContext& context, const Preparation& ready) {
    const auto& path = context.settings.output.occlusion;
    if (!ready.existing.complete && !context.settings.dry_run)
        results::OcclusionWriter(path, context.communicator).finish();
    context.log.info("nothing is left to do");
    return end_of_complete(ready.existing.unreadable, path, context.log);
}

/// What the run says, besides the error, after an error during the run.
void hint_at_resuming(const RunContext& context) {
    context.log.warning(
        fmt::format("{} holds all checkpoints until here; when the cause of the error is gone, the same "
                    "command with --run.resume true goes on from there",
                    context.settings.output.occlusion.string()));
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
                                  .checkpoint_seconds = context.settings.run.checkpoint});
    report.stopped ? writer.close() : writer.finish();
    const double run_seconds = communicator.max(steady_seconds() - run_start);

    const std::uint64_t unreadable =
        cli::report_unreadable(report.unreadable, "marked in the file", communicator, context.log);
    cli::report_run({report.images, report.forwards, report.padding, report.checkpoints}, unreadable, context.timer,
                    {context.process_start, run_seconds}, communicator,
                    std::filesystem::path(path).replace_extension(".timing.json"));
    if (!report.stopped) return end_of_complete(ready.existing.unreadable + unreadable, path, context.log);
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
    std::optional<results::OcclusionWriter> writer;
    std::vector<std::uint8_t> status(ready.survey.images, static_cast<std::uint8_t>(results::ImageStatus::pending));
    if (ready.existing.resumed) {
        writer.emplace(open_output(context, ready));
        const bool retry = context.settings.run.retry_unreadable && !dry_run;
        status = occlusion::images_to_resume(*writer, communicator, retry);
    }
    const occlusion::Plan plan = occlusion::make_plan(offsets, status, communicator.size());
    if (communicator.is_root())
        fmt::print("{}", occlusion::describe_plan(plan, results::occlusion_file_bytes(
                                                            occlusion::describe_layout(*ready.inputs, ready.survey))));
    if (dry_run) return ExitCode::done;
    if (!writer) writer.emplace(open_output(context, ready));
    occlusion::log_hints(context.settings.output.hints, writer->hints(), context.log);
    try {
        return do_images(context, ready,
                         {.source = ready.inputs->source,
                          .crops = ready.survey.crops,
                          .variant_offsets = offsets,
                          .status = status,
                          .plan = plan,
                          .scenes = ready.inputs->scenes.size()},
                         *writer);
    } catch (const comm::AgreedError&) {
        hint_at_resuming(context);
        throw;
    }
}

}  // namespace semscope::occlusion
