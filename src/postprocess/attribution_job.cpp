#include "semscope/cli/log.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/postprocess/attribution_charts.hpp"
#include "semscope/postprocess/selection.hpp"

#include <fmt/format.h>

namespace semscope::postprocess {
namespace {

std::vector<Chart> curve_jobs(const SceneTask& task, bool all_scenes, Undrawn& undrawn) {
    std::vector<Chart> jobs;
    const std::string& font = task.output.font;
    const auto names = task.file->scene_names();
    if (all_scenes) {
        auto chart = curve_chart(*task.file, std::nullopt, font);
        if (!chart.series.empty())
            jobs.push_back({figures::draw_curves(std::move(chart)), task.output.folder / "curves"});
    }
    for (const std::uint64_t scene : task.scenes) {
        auto chart = curve_chart(*task.file, scene, font);
        if (chart.series.empty())
            undrawn.add("no curves without an image that is predicted as the scene", names[scene]);
        else
            jobs.push_back(
                {figures::draw_curves(std::move(chart)), task.output.folder / "curves" / file_name_of(names[scene])});
    }
    return jobs;
}

std::vector<Chart> interaction_jobs(const SceneTask& task, Undrawn& undrawn) {
    std::vector<Chart> jobs;
    const auto names = task.file->scene_names();
    for (const std::uint64_t scene : task.scenes) {
        auto matrix = interaction_matrix(*task.file, scene, task.output.font);
        if (matrix.cells.empty())
            undrawn.add("no interactions without an image of two classes that is predicted as the scene", names[scene]);
        else
            jobs.push_back({figures::draw_interactions(std::move(matrix)),
                            task.output.folder / "interaction" / file_name_of(names[scene])});
    }
    return jobs;
}

}  // namespace

cli::Options attribution_options(cli::Settings& settings) {
    cli::Options options("semscope-attribution", "draws faithfulness curves and the interactions of classes, by scene");
    options.add(cli::vocabulary(settings, {cli::Group::figures, cli::Group::output}));
    return options;
}

ExitCode draw_attributions(const cli::Settings& settings) {
    const cli::Log log(true);
    const SceneTask task = prepare_scenes(settings);
    if (!task.file->has_faithfulness() && !task.file->has_interactions())
        throw InputError(
            fmt::format("{}: has neither curves nor interactions; run semscope-occlude with "
                        "attribution.curves or attribution.interactions, and semscope-reduce",
                        settings.output.statistics.string()));
    std::vector<Chart> jobs;
    Undrawn undrawn;
    if (task.file->has_faithfulness()) jobs = curve_jobs(task, settings.figures.scene.empty(), undrawn);
    if (task.file->has_interactions())
        for (Chart& each : interaction_jobs(task, undrawn)) jobs.push_back(std::move(each));
    save_charts(jobs, task, undrawn, log);
    return ExitCode::done;
}

}  // namespace semscope::postprocess
