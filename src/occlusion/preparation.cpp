#include "preparation.hpp"

#include "semscope/cli/log.hpp"
#include "semscope/comm/agreement.hpp"

#include <fmt/format.h>

namespace semscope::occlusion {

using cli::RunContext;
using comm::Communicator;

namespace {

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
        // With settings that are refused, such as a kernel larger than the crop, photos cannot be tried.
        const bool sound = ready.inputs && problems.empty();
        const auto photos = sound ? first_photos(ready.inputs->source, photos_of_trial, WithLabels::no)
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

/// Collective. On GPUs the file tells whether their ranks ran CUDA graphs; the numbers are the same.
void record_cuda_graph(const RunContext& context, Preparation& ready) {
    const Communicator& communicator = context.communicator;
    if (!communicator.all_of(ready.occluder.has_value())) return;
    const bool graph = ready.occluder->whole().cuda_graph() && !ready.occluder->incremental();
    const bool all_do = communicator.all_of(graph);
    const bool some_do = communicator.any_of(graph);
    if (!communicator.is_root() || ready.placement.device.kind == network::DeviceKind::cpu) return;
    ready.provenance.emplace_back("cuda_graph", all_do ? "on" : (some_do ? "on some ranks" : "off"));
}

void survey_images(const RunContext& context, Preparation& ready, Problems& problems) {
    const PhaseScope phase(context.timer, "survey");
    const occlusion::SurveyArguments arguments{.source = ready.inputs->source,
                                               .communicator = context.communicator,
                                               .workers = ready.placement.survey_workers,
                                               .problems = problems,
                                               .on_image =
                                                   [&] {
                                                       context.activity.tick();
                                                       cli::check_stop(context, how_to_start_again);
                                                   },
                                               .known = ready.known ? &*ready.known : nullptr};
    ready.survey = occlusion::survey(arguments);
    occlusion::plan_attributions(context.settings.attribution, arguments, ready.survey);
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

}  // namespace

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
    record_cuda_graph(context, ready);
    if (ready.existing.resumed && no_problems(context, problems)) open_existing(context, ready);
    if (ready.inputs) survey_images(context, ready, problems);
    comm::agree_on_problems(communicator, problems);
    comm::agree(communicator, [&] { cli::check_stop(context, how_to_start_again); });
    return ready;
}

}  // namespace semscope::occlusion
