// semscope-occlude: the main job. Options and wiring; the work is in the rooms.
#include "batch_choice.hpp"
#include "network_file.hpp"
#include "occlude_output.hpp"
#include "occlude_report.hpp"
#include "run_report.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/base/output_lock.hpp"
#include "semscope/base/stop_signal.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/overseer.hpp"
#include "semscope/occlusion/resume.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/survey.hpp"
#include "watched_run.hpp"
#include "wiring.hpp"

#include <fmt/format.h>

namespace semscope {
namespace {

using bin::Watch;
using mpi::Communicator;

app::Options declare_options() {
    app::Options options("semscope-occlude",
                         "inhibits each semantic class in each photo and records how the scene scores move (MPI)");
    options.add(app::vocabulary({app::data_options, app::label_options, app::preprocess_options, app::model_options,
                                 app::occlusion_options, app::run_options, app::output_options}));
    options.add(bin::dry_run_option());
    return options;
}

/// Everything that is checked before the output is touched.
struct Preparation {
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    std::optional<wiring::Inputs> inputs;
    std::optional<inference::Occluder> occluder;
    wiring::Placement placement;
    results::Provenance provenance;  ///< on rank 0
    std::string model_sha256;        ///< of the file as rank 0 has read it, "" when it could not
    bin::ExistingOutput existing;
    occlusion::Survey survey;

    bool nothing_to_do() const { return existing.resumed && existing.pending == 0; }
};

/// How a run that was stopped or refused starts again.
const std::string how_to_start_again = "with --run.resume true to start again";

/// Rank 0 takes the lock and looks at what is there.
void look_at_output(const Watch& watch, Preparation& ready, Problems& problems, int argc, char** argv) {
    const app::Options& options = watch.options;
    const auto path = options.path("output.occlusion");
    if (!options.flag("dry-run") && std::filesystem::is_directory(path.parent_path()))
        problems.collect([&] {
            ready.lock = std::make_unique<OutputLock>(path, bin::lock_options(watch, path, how_to_start_again));
        });
    // A network that is missing is reported when it is loaded.
    if (!ready.inputs || !wiring::has_network(options)) return;
    problems.collect([&] {
        ready.provenance = bin::describe_run(options, *ready.inputs, ready.placement, argc, argv);
        ready.model_sha256 = bin::entry(ready.provenance, "model_sha256");
        require_sha256(options.path("model.path"), ready.model_sha256,
                       wiring::expected_sha256(options, "model.sha256", ""));
        ready.existing = bin::judge_existing(options, *ready.inputs, ready.provenance, watch.log, problems);
    });
}

void load_network(const app::Options& options, Preparation& ready, Problems& problems) {
    // Without scene names the network can still be missing or broken; its number of scores is judged when known.
    const std::size_t scenes = ready.inputs ? ready.inputs->scenes.size() : 0;
    if (!ready.inputs && wiring::has_network(options)) return;
    problems.collect([&] {
        auto network = wiring::network_options(options, ready.placement, scenes);
        network.sha256 = wiring::expected_sha256(options, "model.sha256", ready.model_sha256);
        ready.occluder.emplace(network, wiring::occlusion_options(options));
    });
}

void survey_images(const Watch& watch, Preparation& ready, Problems& problems) {
    const PhaseScope phase(watch.timer, "survey");
    ready.survey =
        occlusion::survey(ready.inputs->source, watch.communicator, ready.placement.survey_workers, problems, [&] {
            watch.activity.tick();
            bin::check_stop(watch, how_to_start_again);
        });
}

/// Reads, loads and surveys; collects all that is wrong anywhere and reports it together. Collective. An output that is
/// complete already needs neither network nor survey.
Preparation prepare(const Watch& watch, int argc, char** argv) {
    const Communicator& communicator = watch.communicator;
    Preparation ready;
    Problems problems;
    mpi::agree(communicator, [&] {
        bin::check_output(watch.options, problems);
        wiring::check_combinations(watch.options, problems);
        problems.collect([&] { hdf5::check_hints(watch.options.key_values("output.hints")); });
        ready.inputs = wiring::read_inputs(watch.options, problems);
    });
    ready.placement = wiring::place_rank(watch.options, communicator);
    bin::settle_batch(watch, ready.placement, ready.inputs ? ready.inputs->scenes.size() : 0);
    mpi::agree(communicator, [&] {
        if (communicator.is_root()) look_at_output(watch, ready, problems, argc, argv);
        bin::check_stop(watch, how_to_start_again);
    });
    ready.existing = bin::broadcast(ready.existing, communicator);
    ready.model_sha256 = communicator.broadcast(ready.model_sha256);
    wiring::log_network(watch.options.path("model.path"), ready.model_sha256, watch.log);
    if (ready.nothing_to_do() && communicator.sum(std::uint64_t{problems.list().size()}) == 0) return ready;

    mpi::agree(communicator, [&] { load_network(watch.options, ready, problems); });
    // Every rank reads the same lists, so either all or none survey; a rank that read others is caught here.
    const bool all_have_inputs =
        communicator.sum(std::uint64_t{ready.inputs ? 1U : 0U}) == static_cast<std::uint64_t>(communicator.size());
    if (all_have_inputs) survey_images(watch, ready, problems);
    mpi::agree_on_problems(communicator, problems);
    mpi::agree(communicator, [&] { bin::check_stop(watch, how_to_start_again); });
    return ready;
}

/// The output, made anew or opened after it was compared with the survey. Collective.
results::OcclusionWriter open_output(const Watch& watch, const Preparation& ready) {
    const Communicator& communicator = watch.communicator;
    watch.timer.enter("create file");
    if (!ready.existing.resumed)
        return bin::create_output(watch.options, *ready.inputs, ready.survey, ready.provenance, communicator);
    results::OcclusionWriter writer(watch.options.path("output.occlusion"), communicator,
                                    watch.options.key_values("output.hints"));
    Problems problems;
    occlusion::compare_with_survey(ready.inputs->source, ready.survey, writer, communicator, problems);
    mpi::agree_on_problems(communicator, problems);
    return writer;
}

ExitCode end_of_complete(std::uint64_t unreadable, const std::filesystem::path& path, const app::Log& log) {
    log.info(fmt::format("{} is complete", path.string()));
    if (unreadable == 0) return ExitCode::done;
    log.warning(fmt::format("{} images of it are unreadable and marked so", unreadable));
    return ExitCode::some_unreadable;
}

/// The output has no pending images. Only the mark may be missing, when the job was killed right before it was set.
ExitCode confirm_complete(const Watch& watch, const Preparation& ready) {
    const auto path = watch.options.path("output.occlusion");
    if (!ready.existing.complete && !watch.options.flag("dry-run"))
        results::OcclusionWriter(path, watch.communicator).finish();
    watch.log.info("nothing is left to do");
    return end_of_complete(ready.existing.unreadable, path, watch.log);
}

/// What is said after an error in the midst of the run, besides the error.
void hint_at_resuming(const Watch& watch) {
    watch.log.warning(
        fmt::format("{} holds all checkpoints until here; when the cause of the error is gone, the same "
                    "command with --run.resume true goes on from there",
                    watch.options.path("output.occlusion").string()));
}

/// The pending images, from the first batch to the end or to a stop. Collective.
ExitCode do_images(const Watch& watch, Preparation& ready, const std::vector<std::uint64_t>& offsets,
                   const std::vector<std::uint8_t>& status, const occlusion::Plan& plan,
                   results::OcclusionWriter& writer) {
    const Communicator& communicator = watch.communicator;
    const auto path = watch.options.path("output.occlusion");
    watch.timer.enter("other");
    app::Progress progress(watch.log, "forwards");
    const double run_start = steady_seconds();
    const occlusion::RunReport report = occlusion::run(
        {ready.inputs->source, ready.survey.crops, offsets, status, plan, ready.inputs->scenes.size()}, *ready.occluder,
        writer, communicator, watch.overseer, {ready.placement.loaders, watch.options.real("run.checkpoint")},
        watch.timer, [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); });
    report.stopped ? writer.close() : writer.finish();
    const double run_seconds = communicator.max(steady_seconds() - run_start);

    const std::uint64_t unreadable =
        bin::report_unreadable(report.unreadable, "marked in the file", communicator, watch.log);
    bin::report_run({report.images, report.forwards, report.padding, report.checkpoints}, unreadable, watch.timer,
                    {watch.process_start, run_seconds}, communicator,
                    std::filesystem::path(path).replace_extension(".timing.json"));
    if (!report.stopped) return end_of_complete(ready.existing.unreadable + unreadable, path, watch.log);
    const auto signal = static_cast<int>(communicator.max(std::int64_t{watch.overseer.stop_signal()}));
    watch.log.warning(
        fmt::format("stopped by {}: {} holds all that was done; run the same command with "
                    "--run.resume true to go on",
                    signal_name(signal), path.string()));
    return ExitCode::stopped;
}

ExitCode run(const Watch& watch, int argc, char** argv) {
    const Communicator& communicator = watch.communicator;
    Preparation ready = prepare(watch, argc, argv);
    if (ready.nothing_to_do()) return confirm_complete(watch, ready);
    wiring::log_placement(ready.placement, communicator, watch.log);

    const bool dry_run = watch.options.flag("dry-run");
    const auto offsets = occlusion::gather_offsets(ready.survey, communicator);
    std::optional<results::OcclusionWriter> writer;
    std::vector<std::uint8_t> status(ready.survey.images, static_cast<std::uint8_t>(results::ImageStatus::pending));
    if (ready.existing.resumed) {
        writer.emplace(open_output(watch, ready));
        const bool retry = watch.options.flag("run.retry-unreadable") && !dry_run;
        status = occlusion::images_to_resume(*writer, communicator, retry);
    }
    const occlusion::Plan plan = occlusion::make_plan(offsets, status, communicator.size());
    if (communicator.is_root())
        fmt::print("{}", bin::describe_plan(
                             plan, results::occlusion_file_bytes(bin::describe_layout(*ready.inputs, ready.survey))));
    if (dry_run) return ExitCode::done;
    if (!writer) writer.emplace(open_output(watch, ready));
    bin::log_hints(watch.options.key_values("output.hints"), writer->hints(), watch.log);
    try {
        return do_images(watch, ready, offsets, status, plan, *writer);
    } catch (const mpi::AgreedError&) {
        hint_at_resuming(watch);
        throw;
    }
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    return semscope::bin::watched_main(argc, argv, semscope::declare_options(),
                                       semscope::wiring::library_descriptions(),
                                       [&](const auto& watch) { return semscope::run(watch, argc, argv); });
}
