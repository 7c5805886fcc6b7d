// semscope-bench: how close semscope-occlude comes to the limit of the network's own forwards. In one process, with the
// same loaded network, batches and threads, rounds of the program (survey, file, run) alternate with rounds of a bare
// loop over as many batches; medians are compared, since machines are noisy.
#include "occlusion/output.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/json.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/setup.hpp"
#include "semscope/occlusion/survey.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>

namespace semscope {
namespace {

using cli::RunContext;

double main_start = 0;  ///< when the libraries were loaded

/// What semscope-bench is asked for beside the settings of semscope-occlude.
struct BenchSettings {
    std::int64_t rounds = 5;
    std::filesystem::path json;  ///< a file for the figures; empty = none
};

cli::Options declare_options(cli::Settings& settings, BenchSettings& bench) {
    cli::Options options("semscope-bench", "compares semscope-occlude with a bare loop over its batches (MPI)");
    using cli::Group;
    options.add(cli::vocabulary(settings, {Group::data, Group::labels, Group::preprocess, Group::model,
                                           Group::occlusion, Group::attribution, Group::run, Group::output}));
    options.add(
        cli::option("bench.rounds", bench.rounds, "rounds of each, alternating", {.minimum = 1, .maximum = 1000}));
    options.add(cli::option("bench.json", bench.json, "write the figures to this file too"));
    return options;
}

/// What both sides of the comparison use.
struct Setup {
    occlusion::Inputs inputs;
    network::Placement placement;
    std::optional<incremental::Occluder> occluder;
    double start_seconds = 0;       ///< from the start of the process until the network was ready, slowest rank
    double bare_start_seconds = 0;  ///< of that: loading the libraries and the network, which a bare loop needs too
};

Setup set_up(const RunContext& context) {
    Setup setup;
    Problems problems;
    const cli::Archives archives =
        cli::open_archives(context.settings, std::filesystem::temp_directory_path(), context.communicator, context.log);
    const auto inputs =
        comm::agree(context.communicator, [&] { return occlusion::read_inputs(context.settings, archives, problems); });
    comm::agree_on_problems(context.communicator, problems);
    setup.inputs = *inputs;
    setup.placement = network::place_rank(context.settings.run, context.communicator);
    occlusion::settle_batch(context, setup.placement, setup.inputs.scenes.size());
    occlusion::settle_incremental(context, setup.placement, &setup.inputs);
    const double before = steady_seconds();
    comm::agree(context.communicator, [&] {
        setup.occluder.emplace(
            network::Occluder(occlusion::network_options(context.settings, setup.placement, setup.inputs.scenes.size()),
                              occlusion::occlusion_options(context.settings)),
            context.settings.run.incremental == Incremental::on);
        for (const network::Remark& remark : setup.occluder->remarks()) context.log.info(remark.text);
    });
    setup.bare_start_seconds = context.communicator.max(steady_seconds() - before + main_start - context.process_start);
    setup.start_seconds = context.communicator.max(steady_seconds() - context.process_start);
    return setup;
}

/// Seconds of one round, of the slowest rank, and what this rank did in it.
struct Round {
    double seconds = 0;
    double cpu_seconds = 0;        ///< of all threads of rank 0
    double inference_seconds = 0;  ///< of the slowest rank: making variants and computing their scores
    std::uint64_t batches = 0;
    double filled = 1;           ///< share of the forwards in so many batches that the program does, padding included
    std::uint64_t forwards = 0;  ///< of all ranks, without padding
};

/// Of this process, which other work on the machine does not lengthen.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Of the phases that a bare loop has too, and of making the variants.
double inference_seconds(PhaseTimer& timer) {
    double seconds = 0;
    for (const PhaseTimer::Phase& phase : timer.phases())
        if (phase.name == "forward" || phase.name == "batch assembly") seconds += phase.seconds;
    return seconds;
}

/// All that semscope-occlude does after its start: survey, file, forwards, checkpoints, end.
Round run_program(const RunContext& context, Setup& setup, const results::Provenance& provenance) {
    const auto& communicator = context.communicator;
    communicator.barrier();
    const double start = steady_seconds();
    const double cpu_start = cpu_seconds();
    const double inference_start = inference_seconds(context.timer);
    Problems problems;
    const attribution::Settings& attribution = context.settings.attribution;
    const occlusion::SurveyArguments arguments{.source = setup.inputs.source,
                                               .communicator = communicator,
                                               .workers = setup.placement.survey_workers,
                                               .problems = problems};
    auto survey = occlusion::survey(arguments);
    occlusion::plan_attributions(attribution, arguments, survey);
    comm::agree_on_problems(communicator, problems);
    const auto offsets = occlusion::gather_offsets(survey, communicator);
    const std::vector<std::uint8_t> status(survey.images, static_cast<std::uint8_t>(results::ImageStatus::pending));
    const auto further = communicator.all_gather(survey.attribution.further);
    const auto plan = occlusion::make_plan(offsets, status, communicator.size(), further);
    auto writer = occlusion::create_output(context.settings, setup.inputs, survey, provenance, communicator);
    const occlusion::Task task{.source = setup.inputs.source,
                               .crops = survey.crops,
                               .variant_offsets = offsets,
                               .status = status,
                               .plan = plan,
                               .scenes = setup.inputs.scenes.size(),
                               .attribution = attribution,
                               .further = further};
    const auto report = occlusion::run({.task = task,
                                        .occluder = *setup.occluder,
                                        .writer = writer,
                                        .communicator = communicator,
                                        .watchdog = context.watchdog,
                                        .timer = context.timer,
                                        .log = context.log,
                                        .loaders = setup.placement.loaders,
                                        .checkpoint_seconds = context.settings.run.checkpoint});
    writer.finish();
    const double seconds = communicator.max(steady_seconds() - start);
    const auto batch = static_cast<std::uint64_t>(setup.occluder->batch());
    const double inference = communicator.max(inference_seconds(context.timer) - inference_start);
    const std::uint64_t forwards = report.forwards + report.padding;
    const std::uint64_t batches = (forwards + batch - 1) / batch;
    const double filled = batches == 0 ? 1 : static_cast<double>(forwards) / static_cast<double>(batches * batch);
    return {seconds, cpu_seconds() - cpu_start, inference, batches, filled, communicator.sum(report.forwards)};
}

/// As many forwards of the last batch that was assembled, and nothing else.
Round run_bare(const RunContext& context, Setup& setup, std::uint64_t batches) {
    network::Occluder& occluder = setup.occluder->whole();
    const auto batch = static_cast<std::size_t>(occluder.batch());
    std::vector<network::Forward> forwards(batch);
    std::vector<float> probabilities(batch * setup.inputs.scenes.size());
    occluder.assemble(forwards);
    context.communicator.barrier();
    const double start = steady_seconds();
    const double cpu_start = cpu_seconds();
    for (std::uint64_t i = 0; i < batches; ++i) occluder.forward(probabilities);
    return {context.communicator.max(steady_seconds() - start), cpu_seconds() - cpu_start, 0, batches, 1, 0};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// Of the ratios of each round, bare loop / program.
struct Medians {
    double cpu = 0;        ///< CPU time of rank 0
    double inference = 0;  ///< without reading, decoding and writing
};

std::string describe(const RunContext& context, const Setup& setup, const Round& round,
                     const std::vector<double>& program, const std::vector<double>& bare, const Medians& medians) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < program.size(); ++i) ratios.push_back(bare[i] / program[i]);
    const double with_start = median(bare) / (median(program) + setup.start_seconds);
    const double both_with_start = (median(bare) + setup.bare_start_seconds) / (median(program) + setup.start_seconds);
    const nlohmann::ordered_json json{
        {"ranks", context.communicator.size()},
        {"threads", setup.placement.threads},
        {"batch", setup.occluder->batch()},
        {"incremental", setup.occluder->incremental()},
        {"flops_needed",
         setup.occluder->incremental() ? setup.occluder->flops() / setup.occluder->flops_of_whole() : 1.0},
        {"images", setup.inputs.source.images.size()},
        {"forwards", round.forwards},
        {"rounds", program.size()},
        {"start_seconds", setup.start_seconds},
        {"bare_start_seconds", setup.bare_start_seconds},
        {"program_seconds", program},
        {"bare_seconds", bare},
        {"forwards_per_second", static_cast<double>(round.forwards) / median(program)},
        {"efficiency", median(bare) / median(program)},
        {"efficiency_in_cpu_time", medians.cpu},
        {"efficiency_of_inference", medians.inference},
        {"efficiency_lowest_round", *std::min_element(ratios.begin(), ratios.end())},
        {"efficiency_highest_round", *std::max_element(ratios.begin(), ratios.end())},
        {"efficiency_with_start", with_start},
        {"efficiency_both_with_start", both_with_start}};
    return json_text(json);
}

void report(const std::string& json, const std::filesystem::path& path) {
    fmt::print("{}", json);
    if (path.empty()) return;
    std::ofstream file(path);
    file << json;
    if (!file.flush()) throw IoError(path.string() + ": cannot be written");
}

ExitCode run(const RunContext& context, const BenchSettings& bench) {
    const auto& communicator = context.communicator;
    Problems problems;
    comm::agree(communicator, [&] { occlusion::check_output(context.settings, problems); });
    comm::agree_on_problems(communicator, problems);
    Setup setup = set_up(context);
    const auto provenance =
        comm::agree(communicator, [&] { return occlusion::describe_run(context, setup.inputs, setup.placement); });
    std::vector<double> program, bare, cpu_ratios, inference_ratios;
    Round round = run_program(context, setup, provenance);  // warms files and caches
    for (std::int64_t i = 0; i < bench.rounds; ++i) {
        Round loop = run_bare(context, setup, round.batches);
        loop.seconds *= round.filled;
        loop.cpu_seconds *= round.filled;
        round = run_program(context, setup, provenance);
        bare.push_back(loop.seconds);
        program.push_back(round.seconds);
        inference_ratios.push_back(loop.seconds / round.inference_seconds);
        cpu_ratios.push_back(loop.cpu_seconds / round.cpu_seconds);
        context.activity.tick();
    }
    comm::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        report(describe(context, setup, round, program, bare, {median(cpu_ratios), median(inference_ratios)}),
               bench.json);
        std::filesystem::remove(context.settings.output.occlusion);
    });
    return ExitCode::done;
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    using namespace semscope;
    main_start = steady_seconds();
    cli::Settings settings;
    BenchSettings bench;
    return cli::watched_main(argc, argv,
                             {declare_options(settings, bench), settings, occlusion::library_descriptions()},
                             [&](const RunContext& context) { return run(context, bench); });
}
