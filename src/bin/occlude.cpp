// semscope-occlude: the main job. Options and wiring; the work is in the rooms.
#include "mpi_main.hpp"
#include "occlude_report.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/provenance.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/base/digest.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/survey.hpp"
#include "wiring.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace semscope {
namespace {

using mpi::Communicator;

app::Options declare_options() {
    app::Options options("semscope-occlude",
                         "inhibits each semantic class in each photo and records how the scene scores move (MPI)");
    options.add(app::vocabulary({app::data_options, app::label_options, app::preprocess_options, app::model_options,
                                 app::occlusion_options, app::run_options, app::output_options}));
    options.add({.name = "dry-run",
                 .kind = app::ValueKind::flag,
                 .default_value = "false",
                 .help = "check everything, print the plan, do no inference"});
    return options;
}

/// Everything that is checked before the output is touched.
struct Preparation {
    std::optional<wiring::Inputs> inputs;
    std::optional<inference::Occluder> occluder;
    wiring::Placement placement;
    occlusion::Survey survey;
};

void check_output(const app::Options& options, Problems& problems) {
    const auto path = options.path("output.occlusion");
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) && !options.flag("output.overwrite"))
        problems.add(fmt::format("{}: the output exists; move it away or set output.overwrite", path.string()));
    const auto folder = path.parent_path();
    if (!std::filesystem::is_directory(folder, ignored))
        problems.add(fmt::format("{}: the folder of the output does not exist", folder.string()));
}

/// Reads, loads and surveys; collects all that is wrong anywhere and reports it together. Collective.
Preparation prepare(const app::Options& options, const Communicator& communicator, PhaseTimer& timer) {
    Preparation ready;
    Problems problems;
    ready.placement = mpi::agree(communicator, [&] {
        check_output(options, problems);
        wiring::check_combinations(options, problems);
        problems.collect([&] { hdf5::check_hints(options.key_values("output.hints")); });
        ready.inputs = wiring::read_inputs(options, problems);
        return wiring::Placement();
    });
    std::exception_ptr misplaced;
    try {
        ready.placement = wiring::place_rank(options, communicator);
    } catch (...) {
        misplaced = std::current_exception();
    }
    mpi::agree_on(communicator, misplaced);
    mpi::agree(communicator, [&] {
        // Without scene names the network can still be missing or broken; its number of scores is judged when known.
        const std::size_t scenes = ready.inputs ? ready.inputs->scenes.size() : 0;
        if (!ready.inputs && std::filesystem::is_regular_file(options.path("model.path"))) return;
        problems.collect([&] {
            ready.occluder.emplace(wiring::network_options(options, ready.placement, scenes),
                                   wiring::occlusion_options(options));
        });
    });
    // Every rank reads the same lists, so either all or none survey; a rank that read others is caught here.
    const bool all_have_inputs =
        communicator.sum(std::uint64_t{ready.inputs ? 1U : 0U}) == static_cast<std::uint64_t>(communicator.size());
    if (all_have_inputs) {
        const PhaseScope phase(timer, "survey");
        ready.survey = occlusion::survey(ready.inputs->source, communicator, ready.placement.loaders, problems);
    }
    mpi::agree_on_problems(communicator, problems);
    return ready;
}

results::Provenance describe_run(const app::Options& options, const Preparation& ready, int argc, char** argv) {
    auto entries = app::provenance(argc, argv);
    const std::string device = ready.placement.device.kind == inference::DeviceKind::cpu ? "cpu" : "cuda";
    const wiring::Inputs& inputs = *ready.inputs;
    const std::string names =
        fmt::format("{}\n{}\n", fmt::join(inputs.scenes.names(), "\n"), fmt::join(inputs.semantics, "\n"));
    entries.emplace_back("configuration", options.resolved());
    entries.emplace_back(
        "configuration_digest",
        sha256_of_text(fmt::format("{}device = {}\n{}", options.resolved_results_only(), device, names)));
    entries.emplace_back("model_sha256", sha256_of_file(options.path("model.path")));
    entries.emplace_back("image_list_sha256", inputs.source.images.digest());
    entries.emplace_back("device", device);
    entries.emplace_back("precision", options.text("run.precision"));
    entries.emplace_back("libraries", fmt::format("{}", fmt::join(wiring::library_descriptions(), "; ")));
    return entries;
}

results::OcclusionLayout describe_layout(const Preparation& ready) {
    const dataset::ImageList& images = ready.inputs->source.images;
    return {ready.survey.images,          ready.survey.variants,
            ready.inputs->scenes.names(), ready.inputs->semantics,
            images.longest_path(),        [&images](std::uint64_t i) { return std::string(images.path(i)); }};
}

/// Rank 0 lays the file out, then all ranks open it and write what the survey found. Collective.
results::OcclusionWriter create_output(const app::Options& options, const Preparation& ready,
                                       const Communicator& communicator, int argc, char** argv) {
    const auto path = options.path("output.occlusion");
    mpi::agree(communicator, [&] {
        if (communicator.is_root())
            results::create_occlusion_file(path, describe_layout(ready), describe_run(options, ready, argc, argv),
                                           static_cast<std::uint64_t>(communicator.size()));
    });
    auto writer = mpi::agree(
        communicator, [&] { return results::OcclusionWriter(path, communicator, options.key_values("output.hints")); });
    mpi::agree(communicator, [&] { writer.write_survey(ready.survey.rows); });
    return writer;
}

/// The unreadable images of all ranks, on rank 0's log. Collective. Returns their number.
std::uint64_t report_unreadable(const occlusion::RunReport& report, const Communicator& communicator,
                                const app::Log& log) {
    const std::uint64_t count = communicator.sum(std::uint64_t{report.unreadable.size()});
    for (const std::string& lines : communicator.gather(fmt::format("{}", fmt::join(report.unreadable, "\n"))))
        if (!lines.empty()) log.warning("unreadable images, marked in the file:\n" + lines);
    return count;
}

/// `process_start`: steady_seconds before MPI started, so that start-up is all of it.
ExitCode run(const app::Options& options, const Communicator& communicator, double process_start, int argc,
             char** argv) {
    PhaseTimer timer("start-up", process_start);
    const app::Log log(communicator.is_root());
    Preparation ready = prepare(options, communicator, timer);
    bin::log_placement(inference::to_string(ready.placement.device), ready.placement.threads, ready.placement.loaders,
                       communicator, log);

    const auto offsets = occlusion::gather_offsets(ready.survey, communicator);
    const occlusion::Plan plan = occlusion::make_plan(offsets, communicator.size());
    if (communicator.is_root())
        fmt::print(
            "{}", bin::describe_plan(plan, ready.survey.images, results::occlusion_file_bytes(describe_layout(ready))));
    if (options.flag("dry-run")) return ExitCode::done;

    timer.enter("create file");
    auto writer = create_output(options, ready, communicator, argc, argv);
    bin::log_hints(options.key_values("output.hints"), writer.hints(), log);
    timer.enter("other");
    app::Progress progress(log, "forwards");
    const double run_start = steady_seconds();
    const occlusion::RunReport report =
        occlusion::run(ready.inputs->source, offsets, plan, *ready.occluder, ready.inputs->scenes.size(), writer,
                       communicator, {ready.placement.loaders, options.real("run.checkpoint")}, timer,
                       [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); });
    mpi::agree(communicator, [&] { writer.finish(); });
    const double run_seconds = communicator.max(steady_seconds() - run_start);

    const std::uint64_t unreadable = report_unreadable(report, communicator, log);
    bin::report_run(report, timer, {process_start, run_seconds}, unreadable, communicator,
                    options.path("output.occlusion"));
    log.info(fmt::format("{} is complete", options.path("output.occlusion").string()));
    return unreadable == 0 ? ExitCode::done : ExitCode::some_unreadable;
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    const double process_start = semscope::steady_seconds();
    return semscope::bin::mpi_main(argc, argv, semscope::declare_options(), semscope::wiring::library_descriptions(),
                                   [&](const auto& options, const auto& communicator) {
                                       return semscope::run(options, communicator, process_start, argc, argv);
                                   });
}
