// semscope-bench: how close semscope-occlude comes to the limit of the network's own forwards. In one process, with the
// same loaded network, batches and threads, rounds of the program (survey, file, run) alternate with rounds of a bare
// loop over as many batches; medians are compared, since machines are noisy.
#include "batch_choice.hpp"
#include "occlude_output.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/survey.hpp"
#include "watched_run.hpp"
#include "wiring.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>

namespace semscope {
namespace {

using bin::Watch;

double main_start = 0;  ///< when the libraries were loaded

app::Options declare_options() {
    app::Options options("semscope-bench", "compares semscope-occlude with a bare loop over its batches (MPI)");
    options.add(app::vocabulary({app::data_options, app::label_options, app::preprocess_options, app::model_options,
                                 app::occlusion_options, app::run_options, app::output_options}));
    options.add({.name = "bench.rounds",
                 .kind = app::ValueKind::integer,
                 .default_value = "5",
                 .help = "rounds of each, alternating",
                 .least = 1,
                 .most = 1000});
    options.add({.name = "bench.json", .kind = app::ValueKind::path, .help = "write the figures to this file too"});
    return options;
}

/// What both sides of the comparison use.
struct Setup {
    wiring::Inputs inputs;
    wiring::Placement placement;
    std::optional<inference::Occluder> occluder;
    double start_seconds = 0;       ///< from the start of the process until the network was ready, slowest rank
    double bare_start_seconds = 0;  ///< of that: loading the libraries and the network, which a bare loop needs too
};

Setup set_up(const Watch& watch) {
    Setup setup;
    Problems problems;
    const auto inputs = mpi::agree(watch.communicator, [&] { return wiring::read_inputs(watch.options, problems); });
    mpi::agree_on_problems(watch.communicator, problems);
    setup.inputs = *inputs;
    setup.placement = wiring::place_rank(watch.options, watch.communicator);
    bin::settle_batch(watch, setup.placement, setup.inputs.scenes.size());
    const double before = steady_seconds();
    mpi::agree(watch.communicator, [&] {
        setup.occluder.emplace(wiring::network_options(watch.options, setup.placement, setup.inputs.scenes.size()),
                               wiring::occlusion_options(watch.options));
    });
    setup.bare_start_seconds = watch.communicator.max(steady_seconds() - before + main_start - watch.process_start);
    setup.start_seconds = watch.communicator.max(steady_seconds() - watch.process_start);
    return setup;
}

/// Seconds of one round, of the slowest rank, and what this rank did in it.
struct Round {
    double seconds = 0;
    std::uint64_t batches = 0;
    std::uint64_t forwards = 0;  ///< of all ranks, without padding
};

/// All that semscope-occlude does after its start: survey, file, forwards, checkpoints, end.
Round run_program(const Watch& watch, Setup& setup, const results::Provenance& provenance) {
    const auto& communicator = watch.communicator;
    communicator.barrier();
    const double start = steady_seconds();
    Problems problems;
    const auto survey =
        occlusion::survey(setup.inputs.source, communicator, setup.placement.survey_workers, problems, [] {});
    mpi::agree_on_problems(communicator, problems);
    const auto offsets = occlusion::gather_offsets(survey, communicator);
    const auto plan = occlusion::make_plan(offsets, communicator.size());
    auto writer = bin::create_output(watch.options, setup.inputs, survey, provenance, communicator);
    const std::vector<std::uint8_t> status(survey.images, static_cast<std::uint8_t>(results::ImageStatus::pending));
    const auto report =
        occlusion::run({setup.inputs.source, survey.crops, offsets, status, plan, setup.inputs.scenes.size()},
                       *setup.occluder, writer, communicator, watch.overseer,
                       {setup.placement.loaders, watch.options.real("run.checkpoint")}, watch.timer, [](auto, auto) {});
    writer.finish();
    const double seconds = communicator.max(steady_seconds() - start);
    const auto batch = static_cast<std::uint64_t>(setup.occluder->batch());
    return {seconds, (report.forwards + report.padding) / batch, communicator.sum(report.forwards)};
}

/// As many forwards of the last batch that was assembled, and nothing else.
double run_bare(const Watch& watch, Setup& setup, std::uint64_t batches) {
    inference::Occluder& occluder = *setup.occluder;
    const auto batch = static_cast<std::size_t>(occluder.batch());
    std::vector<inference::Forward> forwards(batch);
    std::vector<float> probabilities(batch * setup.inputs.scenes.size());
    occluder.assemble(forwards);
    watch.communicator.barrier();
    const double start = steady_seconds();
    for (std::uint64_t i = 0; i < batches; ++i) occluder.forward(probabilities);
    return watch.communicator.max(steady_seconds() - start);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void report(const Watch& watch, const Setup& setup, const Round& round, const std::vector<double>& program,
            const std::vector<double>& bare) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < program.size(); ++i) ratios.push_back(bare[i] / program[i]);
    const double with_start = median(bare) / (median(program) + setup.start_seconds);
    const double both_with_start = (median(bare) + setup.bare_start_seconds) / (median(program) + setup.start_seconds);
    const nlohmann::ordered_json json{{"ranks", watch.communicator.size()},
                                      {"threads", setup.placement.threads},
                                      {"batch", setup.occluder->batch()},
                                      {"images", setup.inputs.source.images.size()},
                                      {"forwards", round.forwards},
                                      {"rounds", program.size()},
                                      {"start_seconds", setup.start_seconds},
                                      {"bare_start_seconds", setup.bare_start_seconds},
                                      {"program_seconds", program},
                                      {"bare_seconds", bare},
                                      {"forwards_per_second", static_cast<double>(round.forwards) / median(program)},
                                      {"efficiency", median(bare) / median(program)},
                                      {"efficiency_lowest_round", *std::min_element(ratios.begin(), ratios.end())},
                                      {"efficiency_highest_round", *std::max_element(ratios.begin(), ratios.end())},
                                      {"efficiency_with_start", with_start},
                                      {"efficiency_both_with_start", both_with_start}};
    fmt::print("{}\n", json.dump(2));
    if (watch.options.path("bench.json").empty()) return;
    std::ofstream file(watch.options.path("bench.json"));
    file << json.dump(2) << "\n";
    if (!file.flush()) throw IoError(watch.options.path("bench.json").string() + ": cannot be written");
}

ExitCode run(const Watch& watch, int argc, char** argv) {
    const auto& communicator = watch.communicator;
    Problems problems;
    mpi::agree(communicator, [&] { bin::check_output(watch.options, problems); });
    mpi::agree_on_problems(communicator, problems);
    Setup setup = set_up(watch);
    const auto provenance = mpi::agree(
        communicator, [&] { return bin::describe_run(watch.options, setup.inputs, setup.placement, argc, argv); });
    std::vector<double> program, bare;
    Round round = run_program(watch, setup, provenance);  // warms files and caches
    for (std::int64_t i = 0; i < watch.options.integer("bench.rounds"); ++i) {
        bare.push_back(run_bare(watch, setup, round.batches));
        round = run_program(watch, setup, provenance);
        program.push_back(round.seconds);
        watch.activity.tick();
    }
    mpi::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        report(watch, setup, round, program, bare);
        std::filesystem::remove(watch.options.path("output.occlusion"));
    });
    return ExitCode::done;
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    using namespace semscope;
    main_start = steady_seconds();
    return bin::watched_main(argc, argv, declare_options(), wiring::library_descriptions(),
                             [&](const Watch& watch) { return run(watch, argc, argv); });
}
