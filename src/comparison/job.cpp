#include "semscope/comparison/job.hpp"

#include "compare.hpp"
#include "export.hpp"
#include "pictures.hpp"
#include "semscope/cli/program_main.hpp"
#include "semscope/cli/stage_progress.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comparison/comparable.hpp"
#include "semscope/comparison/views.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/results/result_file.hpp"
#include "semscope/statistics/occlusion_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace semscope::comparison {
namespace {

using cli::RunContext;
using comm::Communicator;
using results::OcclusionReader;

/// How a run that was stopped starts again.
const std::string how_to_start_again = "again";

/// What is wrong with the outputs that are there already. For the rank that holds their lock. Local.
void check_outputs(const cli::OutputSettings& settings, Problems& problems) {
    std::error_code ignored;
    auto outputs = export_paths(settings.comparison);
    outputs.push_back(settings.comparison);
    for (const auto& output : outputs)
        if (std::filesystem::is_directory(output, ignored))
            problems.add(fmt::format("{}: is a folder where a file is to be written", output.string()));
        else if (!settings.overwrite && std::filesystem::exists(output, ignored))
            problems.add(fmt::format("{}: the output exists; move it away or set output.overwrite", output.string()));
}

/// The input, the plan of the pictures, and the lock of the outputs.
struct Preparation {
    std::unique_ptr<OcclusionReader> first;
    std::unique_ptr<OcclusionReader> second;
    PicturePlan pictures;
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
};

/// Rank 0 takes the lock and looks at what is there.
void look_at_outputs(const RunContext& context, Preparation& ready, Problems& problems) {
    const cli::Settings& settings = context.settings;
    const auto& path = settings.output.comparison;
    cli::check_output_file({"output.comparison", path},
                           {{"compare.first", settings.compare.first}, {"compare.second", settings.compare.second}},
                           problems);
    if (problems.empty())
        problems.collect([&] {
            ready.lock = std::make_unique<OutputLock>(path, cli::lock_options(context, path, how_to_start_again));
        });
    check_outputs(settings.output, problems);
}

NamedFile named(const std::unique_ptr<OcclusionReader>& file, const std::filesystem::path& path) {
    return {*file, path};
}

/// Pending images are an error, or a warning where reduce.partial allows for them. Collective.
void check_pending(const RunContext& context, const std::vector<NamedFile>& files) {
    Problems problems;
    for (const NamedFile& each : files) {
        const std::string standing = statistics::pending_images(each.path, each.file, context.communicator);
        if (standing.empty()) continue;
        if (context.settings.statistics.partial)
            context.log.warning(standing + "; the comparison stands on the others");
        else
            problems.add(standing + "; finish the run, or set reduce.partial to use the others");
    }
    comm::agree_on_problems(context.communicator, problems);
}

/// Opens the input after all has been checked that can be without reading it through. Collective.
Preparation prepare(const RunContext& context) {
    const Communicator& communicator = context.communicator;
    const cli::Settings& settings = context.settings;
    Preparation ready;
    Problems problems;
    comm::agree(communicator, [&] {
        problems.collect([&] { ready.first = std::make_unique<OcclusionReader>(settings.compare.first); });
        problems.collect([&] { ready.second = std::make_unique<OcclusionReader>(settings.compare.second); });
        if (communicator.is_root()) look_at_outputs(context, ready, problems);
        if (ready.first)
            problems.collect([&] { ready.pictures = plan_pictures(settings, ready.first->scene_names()); });
    });
    comm::agree_on_problems(communicator, problems);
    const NamedFile first = named(ready.first, settings.compare.first);
    const NamedFile second = named(ready.second, settings.compare.second);
    check_pending(context, {first, second});
    require_comparable(first, second, communicator);
    return ready;
}

ComparisonOptions comparison_options(const cli::StatisticsSettings& settings) {
    ComparisonOptions options;
    options.resampling = {settings.seed, settings.resamples, settings.permutations};
    options.relevant = settings.relevant;
    options.partial = settings.partial;
    return options;
}

bool tells_of_one_run(const std::string& attribute) {
    return attribute != "software_version" && attribute != "git_revision";
}

/// When, where, by which command and from which files the comparison was made. It stands in NAME.provenance.json, so
/// that comparison files of the same numbers are equal in every attribute as well.
results::Provenance describe_run(const RunContext& context) {
    results::Provenance entries;
    for (auto& entry : cli::provenance(context.options.command_line()))
        if (tells_of_one_run(entry.first)) entries.push_back(std::move(entry));
    entries.emplace_back("ranks", std::to_string(context.communicator.size()));
    entries.emplace_back("configuration", context.options.resolved());
    return entries;
}

/// What decides the numbers, and what ties them to the two occlusion files.
results::Provenance describe_source(const RunContext& context, const Preparation& ready) {
    results::Provenance entries;
    for (auto& entry : cli::provenance(context.options.command_line()))
        if (!tells_of_one_run(entry.first)) entries.push_back(std::move(entry));
    entries.emplace_back("configuration", context.options.resolved_results_only());
    const auto labels = labels_of(context.settings.compare.first, context.settings.compare.second);
    const std::array files{ready.first.get(), ready.second.get()};
    for (const results::Side side : {results::Side::first, results::Side::second}) {
        const auto index = static_cast<std::size_t>(side);
        const std::string name = results::name_of(side);
        entries.emplace_back(name, labels.at(index));
        for (const char* attribute : {"configuration_digest", "model_sha256", "image_list_sha256", "configuration"})
            entries.emplace_back(fmt::format("{}_{}", name, attribute), files.at(index)->attribute(attribute));
        entries.emplace_back(name + "_occlusion_identity", results::identity_of(*files.at(index)));
    }
    return entries;
}

/// Paths of the images of a file, block by block.
template <class Visit>
void visit_paths(const OcclusionReader& file, Visit&& visit) {
    constexpr std::uint64_t block = std::uint64_t{1} << 14;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block)
        visit(begin, file.image_paths({begin, std::min(file.images(), begin + block)}));
}

results::ComparisonLayout describe_layout(const OcclusionReader& file, const Comparison& comparison) {
    results::ComparisonLayout layout;
    layout.scenes = file.scene_names();
    layout.semantics = file.semantic_names();
    layout.images = file.images();
    visit_paths(file, [&](std::uint64_t, const std::vector<std::string>& paths) {
        for (const std::string& path : paths)
            layout.maximum_path_bytes = std::max(layout.maximum_path_bytes, path.size());
    });
    layout.explanations = comparison.explanations;
    layout.summary = comparison.summary;
    return layout;
}

/// The scenes of `plan` that have a picture, shared by the ranks in turn, and on rank 0 the one of all. Collective.
void draw_pictures(const RunContext& context, const std::filesystem::path& comparison, const PicturePlan& plan,
                   cli::StageProgress& progress) {
    const Communicator& communicator = context.communicator;
    const auto drawn = comm::agree(communicator, [&] {
        const results::ComparisonReader file(comparison);
        const ComparisonViews views(file);
        const auto ranks = static_cast<std::size_t>(communicator.size());
        std::uint64_t count = 0;
        const auto save = [&](const std::optional<figures::Picture>& picture, const std::filesystem::path& base) {
            if (!picture) return;
            postprocess::save_all(*picture, base, plan.formats, plan.output);
            count += plan.formats.size();
        };
        for (auto i = static_cast<std::size_t>(communicator.rank()); i < plan.scenes.size(); i += ranks) {
            save(scene_picture(views, plan.scenes[i], plan.output.font),
                 scene_base(plan, views.scene_names()[plan.scenes[i]]));
            progress.update("pictures", std::min(i + ranks, plan.scenes.size()), plan.scenes.size());
        }
        if (communicator.is_root()) save(overall_picture(views, plan.scenes, plan.output.font), overall_base(plan));
        return count;
    });
    context.log.info(fmt::format("{} pictures are in {}", communicator.sum(drawn), plan.output.folder.string()));
}

void remove_all(const std::vector<std::filesystem::path>& paths, const std::string& suffix) {
    std::error_code ignored;
    for (const auto& path : paths) std::filesystem::remove(path.string() + suffix, ignored);
}

/// Writes the file and the texts beside it under temporary names and draws the pictures; at the end rank 0 gives the
/// files their own names, the comparison file last. Returns the table for people on rank 0. Collective.
std::string write_outputs(const RunContext& context, const Preparation& ready, const Comparison& comparison,
                          cli::StageProgress& progress) {
    const Communicator& communicator = context.communicator;
    const auto& path = context.settings.output.comparison;
    const std::string suffix = communicator.broadcast(results::creation_suffix());
    const std::filesystem::path temporary = path.string() + suffix;
    auto outputs = export_paths(path);
    outputs.push_back(path);
    try {
        comm::agree(communicator, [&] {
            if (!communicator.is_root()) return;
            for (const auto& output : outputs) results::remove_leftovers(output);
            results::create_comparison_file(
                temporary, describe_layout(*ready.first, comparison), describe_source(context, ready),
                [&](const results::PathWriter& write) { visit_paths(*ready.first, write); });
        });
        results::ComparisonWriter writer(temporary, communicator);
        writer.write(comparison.images);
        writer.write(comparison.scenes);
        writer.finish();
        draw_pictures(context, temporary, ready.pictures, progress);
        return comm::agree(communicator, [&] {
            if (!communicator.is_root()) return std::string();
            const results::ComparisonReader file(temporary);
            write_exports(file, describe_run(context), path, suffix);
            std::string table = comparison_table(file);
            const auto existing = context.settings.output.overwrite ? Existing::replace : Existing::keep;
            for (const auto& output : outputs) put_in_place(output.string() + suffix, output, existing);
            return table;
        });
    } catch (const comm::AgreedError&) {
        if (communicator.is_root()) remove_all(outputs, suffix);
        throw;
    }
}

}  // namespace

cli::Options job_options(cli::Settings& settings) {
    cli::Options options("semscope-compare",
                         "FIRST SECOND: compares two occlusion files of the same images and tables (MPI)",
                         {"compare.first", "compare.second"});
    options.add(cli::vocabulary(settings, {cli::Group::compare}));
    options.use(settings.statistics.relevant, settings.statistics.seed, settings.statistics.resamples,
                settings.statistics.permutations, settings.statistics.partial);
    options.use(settings.figures.scene, settings.figures.formats, settings.figures.dpi, settings.figures.font);
    options.use(settings.output.comparison, settings.output.figures, settings.output.overwrite, settings.run.stall,
                settings.run.break_lock);
    return options;
}

std::array<std::string, 2> labels_of(const std::filesystem::path& first, const std::filesystem::path& second) {
    const auto parts = [](const std::filesystem::path& path) {
        std::vector<std::string> names;
        for (const auto& each : path.lexically_normal()) names.push_back(each.string());
        if (!names.empty() && path.extension() == ".h5") names.back() = path.stem().string();
        std::reverse(names.begin(), names.end());
        return names;
    };
    const auto a = parts(first), b = parts(second);
    const auto [one, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (one == a.end() || other == b.end()) return {"first", "second"};
    return {*one, *other};
}

ExitCode run_job(const cli::RunContext& context) {
    const cli::Settings& settings = context.settings;
    const double start = steady_seconds();
    const Preparation ready = prepare(context);
    cli::StageProgress progress(context, how_to_start_again);
    context.timer.enter("comparison");
    const Comparison comparison =
        compare(named(ready.first, settings.compare.first), named(ready.second, settings.compare.second),
                context.communicator, comparison_options(settings.statistics),
                [&](const std::string& stage, std::uint64_t done, std::uint64_t total) {
                    progress.update(stage, done, total);
                });
    context.timer.enter("write");
    const std::string table = write_outputs(context, ready, comparison, progress);
    if (context.communicator.is_root()) fmt::print("{}", table);
    context.log.info(fmt::format("{} is complete, {:.3f} s in all", settings.output.comparison.string(),
                                 context.communicator.max(steady_seconds() - start)));
    return ExitCode::done;
}

}  // namespace semscope::comparison
