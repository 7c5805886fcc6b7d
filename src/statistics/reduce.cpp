#include "semscope/statistics/reduce.hpp"

#include "export.hpp"
#include "faithfulness.hpp"
#include "full_maps.hpp"
#include "reduction.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/program_main.hpp"
#include "semscope/cli/stage_progress.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/results/result_file.hpp"
#include "semscope/statistics/scene_view.hpp"

#include <fmt/format.h>

#include <memory>

namespace semscope::statistics {
namespace {

using cli::RunContext;
using comm::Communicator;
using results::OcclusionReader;

/// How a run that was stopped starts again.
const std::string how_to_start_again = "again";

/// What is wrong with the outputs that are there already. For the rank that holds their lock, as another job may make
/// them until then. Local.
void check_outputs(const cli::OutputSettings& settings, const AttributionParts& parts, Problems& problems) {
    const auto& path = settings.statistics;
    std::error_code ignored;
    if (!settings.overwrite && std::filesystem::is_regular_file(path, ignored))
        problems.add(fmt::format("{}: the output exists; move it away or set output.overwrite", path.string()));
    for (const auto& output : statistics::export_paths(path, parts))
        if (std::filesystem::is_directory(output, ignored))
            problems.add(fmt::format("{}: is a folder where a file is to be written", output.string()));
        else if (!settings.overwrite && std::filesystem::exists(output, ignored))
            problems.add(fmt::format("{}: the output exists; move it away or set output.overwrite", output.string()));
}

AttributionParts parts_of(const OcclusionReader& file) {
    return {file.has_shapley(), file.has_curves(), file.has_interactions()};
}

/// The input, and the lock of the outputs.
struct Preparation {
    std::unique_ptr<OcclusionReader> file;
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    std::unique_ptr<FullMaps> maps;    ///< with statistics.area = full
};

/// Takes over what the occlusion file records of the label maps and how they were read. Local.
void adopt_places(const RunContext& context, const OcclusionReader& file) {
    const cli::Settings& settings = context.settings;
    const data::Geometry& geometry = settings.preprocess.geometry;
    const cli::LabelSettings& labels = settings.labels;
    context.options.use(settings.data.root, settings.data.archive, settings.data.suffix, settings.data.exif,
                        geometry.resize, geometry.crop, geometry.interpolation, settings.occlusion.min_pixels,
                        labels.root, labels.archive, labels.suffix, labels.resize, labels.coding.encoding,
                        labels.coding.colours, labels.coding.channel, labels.coding.offset, labels.coding.unlabelled);
    const std::string path = settings.output.occlusion.string();
    context.options.adopt(file.attribute("configuration"), path);
    if (settings.data.root.empty()) throw UsageError(path + " does not say where its label maps are; set data.root");
}

/// The label maps that the settings name. Collective.
std::unique_ptr<FullMaps> open_maps(const RunContext& context, const OcclusionReader& file) {
    const cli::Settings& settings = context.settings;
    const cli::Archives archives =
        cli::open_archives(settings, settings.output.occlusion.parent_path(), context.communicator, context.log,
                           [&] { context.activity.tick(); });
    return comm::agree(context.communicator, [&] {
        return std::make_unique<FullMaps>(cli::photos_of(settings, archives),
                                          cli::label_maps_of(settings, file.semantic_names(), archives),
                                          settings.preprocess.geometry, settings.occlusion.min_pixels);
    });
}

/// Rank 0 takes the lock and looks at what is there.
void look_at_outputs(const RunContext& context, Preparation& ready, Problems& problems) {
    const cli::OutputSettings& output = context.settings.output;
    cli::check_output_file({"output.statistics", output.statistics}, {{"output.occlusion", output.occlusion}},
                           problems);
    if (problems.empty())
        problems.collect([&] {
            ready.lock = std::make_unique<OutputLock>(
                output.statistics, cli::lock_options(context, output.statistics, how_to_start_again));
        });
    check_outputs(output, ready.file ? parts_of(*ready.file) : AttributionParts{}, problems);
}

/// Opens the input after all has been checked that can be without reading it through. Collective.
Preparation prepare(const RunContext& context) {
    const Communicator& communicator = context.communicator;
    const cli::Settings& settings = context.settings;
    const auto& path = settings.output.occlusion;
    Preparation ready;
    Problems problems;
    // Every process opens the file for itself: ranks read large contiguous blocks, which collective transfers only
    // delay.
    comm::agree(communicator, [&] {
        problems.collect([&] { ready.file = std::make_unique<OcclusionReader>(path); });
        if (ready.file && settings.statistics.attribution == Attribution::shapley && !ready.file->has_shapley())
            problems.add(
                fmt::format("statistics.attribution = shapley: {} has no Shapley values; run semscope-occlude with "
                            "attribution.shapley = auto",
                            path.string()));
        const bool full = settings.statistics.area == Area::full;
        if (ready.file && full) problems.collect([&] { adopt_places(context, *ready.file); });
        if (communicator.is_root()) look_at_outputs(context, ready, problems);
    });
    comm::agree_on_problems(communicator, problems);
    if (settings.statistics.area == Area::full) ready.maps = open_maps(context, *ready.file);
    const std::string standing = pending_images(path, *ready.file, communicator);
    if (!standing.empty() && !settings.statistics.partial)
        throw comm::AgreedError(ExitCode::bad_input,
                                standing + "; finish the run, or set reduce.partial to use the others");
    if (!standing.empty()) context.log.warning(standing + "; the statistics stand on the others");
    return ready;
}

statistics::ReductionOptions reduction_options(const cli::StatisticsSettings& settings, const FullMaps* maps) {
    statistics::ReductionOptions reduction;
    reduction.full_maps = maps;
    reduction.resampling = {settings.seed, settings.resamples, settings.permutations};
    reduction.thresholds = {settings.relevant, settings.distracting};
    reduction.partial = settings.partial;
    return reduction;
}

bool tells_of_one_run(const std::string& attribute) {
    return attribute != "software_version" && attribute != "git_revision";
}

/// What of the provenance differs from run to run: when, where and by which command. It stands in provenance.json, so
/// that statistics files of the same numbers are equal in every attribute as well.
results::Provenance describe_run(const cli::Options& options, const Communicator& communicator) {
    results::Provenance entries;
    for (auto& entry : cli::provenance(options.command_line()))
        if (tells_of_one_run(entry.first)) entries.push_back(std::move(entry));
    entries.emplace_back("ranks", std::to_string(communicator.size()));
    entries.emplace_back("configuration", options.resolved());
    return entries;
}

/// What decides the statistics, and what ties them to their occlusion file.
results::Provenance describe_source(const cli::Options& options, const OcclusionReader& file) {
    results::Provenance entries;
    for (auto& entry : cli::provenance(options.command_line()))
        if (!tells_of_one_run(entry.first)) entries.push_back(std::move(entry));
    entries.emplace_back("configuration", options.resolved_results_only());
    for (const char* name : {"configuration_digest", "model_sha256", "image_list_sha256"})
        entries.emplace_back(name, file.attribute(name));
    entries.emplace_back("occlusion_identity", results::identity_of(file));
    return entries;
}

results::StatisticsLayout describe_layout(const cli::StatisticsSettings& settings, const OcclusionReader& file,
                                          const Reduction& reduction) {
    results::StatisticsLayout layout{
        .scenes = file.scene_names(),
        .semantics = file.semantic_names(),
        .samples = reduction.samples,
        .evaluation = reduction.evaluation,
        .settings = {settings.seed, settings.resamples, settings.permutations, settings.relevant, settings.distracting,
                     settings.area == Area::full ? std::uint64_t{1} : std::uint64_t{0},
                     settings.attribution == Attribution::shapley ? std::uint64_t{1} : std::uint64_t{0}},
        .images = file.images(),
        .flips = reduction.flips,
        .maximum_path_bytes = file.path_bytes(),
        .image_paths = [&file](results::Range images) { return file.image_paths(images); },
        .shapley = file.has_shapley(),
        .pairs = reduction.pairs};
    for (const OrderKind& kind : order_kinds(file.orders())) layout.order_kinds.push_back(kind.name);
    return layout;
}

void remove_all(const std::vector<std::filesystem::path>& paths, const std::string& suffix) {
    std::error_code ignored;
    for (const auto& path : paths) std::filesystem::remove(path.string() + suffix, ignored);
}

/// Writes the file and the texts beside it under temporary names; at the end rank 0 gives them their own, the file
/// last. Collective.
void write_outputs(const cli::Options& options, const cli::Settings& settings, const OcclusionReader& file,
                   const Reduction& reduction, const Communicator& communicator) {
    const auto& path = settings.output.statistics;
    const std::string suffix = communicator.broadcast(results::creation_suffix());
    const std::filesystem::path temporary = path.string() + suffix;
    auto outputs = statistics::export_paths(path, parts_of(file));
    outputs.push_back(path);
    const auto layout =
        comm::agree(communicator, [&] { return describe_layout(settings.statistics, file, reduction); });
    const auto provenance = comm::agree(communicator, [&] { return describe_source(options, file); });
    try {
        comm::agree(communicator, [&] {
            if (!communicator.is_root()) return;
            for (const auto& output : outputs) results::remove_leftovers(output);
            results::create_statistics_file(temporary, layout, provenance);
        });
        results::StatisticsWriter writer(temporary, communicator);
        writer.write(reduction.rows);
        writer.finish();
        comm::agree(communicator, [&] {
            if (!communicator.is_root()) return;
            statistics::write_exports(results::StatisticsReader(temporary), describe_run(options, communicator), path,
                                      suffix);
            const auto existing = settings.output.overwrite ? Existing::replace : Existing::keep;
            for (const auto& output : outputs) put_in_place(output.string() + suffix, output, existing);
        });
    } catch (const comm::AgreedError&) {
        if (communicator.is_root()) remove_all(outputs, suffix);
        throw;
    }
}

/// How the relevant sets by deviation and by Shapley value agree, over the scenes that have one by either.
struct SetAgreement {
    std::uint64_t scenes = 0;
    std::uint64_t equal = 0;
    std::uint64_t both = 0;  ///< classes of all these scenes
    std::uint64_t deviation_alone = 0;
    std::uint64_t shapley_alone = 0;
};

/// Collective. All 0 where there are no Shapley values.
SetAgreement compare_sets(const results::StatisticsRows& rows, const Communicator& communicator) {
    constexpr auto relevant = static_cast<std::uint8_t>(Relevance::relevant);
    SetAgreement own;
    const std::size_t semantics = rows.scenes.size() == 0 ? 0 : rows.shapley_relevance.size() / rows.scenes.size();
    for (std::size_t c = 0; semantics > 0 && c < rows.scenes.size(); ++c) {
        std::uint64_t both = 0, deviation = 0, shapley = 0;
        for (std::size_t i = c * semantics; i < (c + 1) * semantics; ++i) {
            const bool by_deviation = rows.relevance[i] == relevant, by_shapley = rows.shapley_relevance[i] == relevant;
            both += by_deviation && by_shapley ? 1 : 0;
            deviation += by_deviation && !by_shapley ? 1 : 0;
            shapley += by_shapley && !by_deviation ? 1 : 0;
        }
        own.scenes += both + deviation + shapley > 0 ? 1 : 0;
        own.equal += both > 0 && deviation + shapley == 0 ? 1 : 0;
        own.both += both;
        own.deviation_alone += deviation;
        own.shapley_alone += shapley;
    }
    return {communicator.sum(own.scenes), communicator.sum(own.equal), communicator.sum(own.both),
            communicator.sum(own.deviation_alone), communicator.sum(own.shapley_alone)};
}

std::string describe(const SetAgreement& sets) {
    return fmt::format(
        "\nrelevant sets by deviation and by Shapley value: equal in {} of {} scenes; {} classes in both, {} by "
        "deviation alone, {} by Shapley value alone\n",
        sets.equal, sets.scenes, sets.both, sets.deviation_alone, sets.shapley_alone);
}

/// Statistics of the file. Errors in its numbers name the file. Collective.
Reduction reduce_file(const cli::Settings& settings, const Preparation& ready, const Communicator& communicator,
                      cli::StageProgress& progress) {
    try {
        return statistics::reduce(*ready.file, communicator, reduction_options(settings.statistics, ready.maps.get()),
                                  [&](const std::string& stage, std::uint64_t done, std::uint64_t total) {
                                      progress.update(stage, done, total);
                                  });
    } catch (const comm::AgreedError& error) {
        if (error.exit_code() != ExitCode::bad_input) throw;
        throw comm::AgreedError(ExitCode::bad_input,
                                fmt::format("{}: {} (semscope-inspect --check tells all that is wrong)",
                                            settings.output.occlusion.string(), error.what()));
    }
}

}  // namespace

cli::Options job_options(cli::Settings& settings) {
    cli::Options options("semscope-reduce",
                         "evaluates the classifier and finds the relevant classes of each scene (MPI)");
    options.add(cli::vocabulary(settings, {cli::Group::statistics, cli::Group::output}));
    options.use(settings.run.stall, settings.run.break_lock);
    return options;
}

ExitCode run_job(const cli::RunContext& context) {
    const Communicator& communicator = context.communicator;
    const cli::Settings& settings = context.settings;
    const cli::Log& log = context.log;
    const double start = steady_seconds();
    const Preparation ready = prepare(context);
    const OcclusionReader& file = *ready.file;
    cli::StageProgress progress(context, how_to_start_again);
    context.timer.enter("statistics");
    const Reduction reduction = reduce_file(settings, ready, communicator, progress);
    context.timer.enter("write");
    write_outputs(context.options, settings, file, reduction, communicator);
    const SetAgreement sets = compare_sets(reduction.rows, communicator);
    if (communicator.is_root())
        fmt::print("{}{}\n{}{}", statistics::evaluation_table(reduction.evaluation),
                   statistics::describe_images(reduction.evaluation),
                   statistics::faithfulness_table(reduction.rows.overall, order_kinds(file.orders())),
                   file.has_shapley() ? describe(sets) : "");

    const double bytes = 4.0 * static_cast<double>((file.images() + file.variants()) * file.scenes());
    const double reading = communicator.max(progress.seconds("blocks"));
    log.info(fmt::format("read {:.1f} MB in {:.3f} s ({:.0f} MB/s), {:.3f} s in all", bytes / 1e6, reading,
                         reading > 0 ? bytes / 1e6 / reading : 0.0, communicator.max(steady_seconds() - start)));
    log.info(fmt::format("{} is complete", settings.output.statistics.string()));
    return ExitCode::done;
}

}  // namespace semscope::statistics
