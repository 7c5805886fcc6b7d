#include "semscope/postprocess/chart_job.hpp"

#include "semscope/cli/log.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/postprocess/selection.hpp"

#include <fmt/format.h>

namespace semscope::postprocess {
namespace {

/// A chart that is to be drawn, and the file it goes to, without ending.
struct Job {
    figures::Picture picture;
    std::filesystem::path base;
};

}  // namespace

cli::Options chart_options(cli::Settings& settings) {
    cli::Options options("semscope-boxplot",
                         "draws box plots of the score deviations and the semantic distributions of scenes");
    options.add(cli::vocabulary(settings, {cli::Group::figures, cli::Group::output}));
    return options;
}

ExitCode draw_charts(const cli::Settings& settings) {
    const cli::Log log(true);
    const SceneTask task = prepare_scenes(settings);
    const auto& [file, output, formats, scenes] = task;
    const SceneCharts charts(*file, settings.figures.order, settings.figures.share, output.font);
    const bool common = settings.figures.axis == BoxAxis::common;
    const auto range = common ? std::optional(charts.common_range()) : std::nullopt;

    std::vector<Job> jobs;
    Undrawn undrawn;
    for (const std::uint64_t scene : scenes) {
        const std::string& name = charts.scenes()[scene];
        auto plot = charts.box_plot(scene);
        plot.range = range;
        if (plot.images == 0)
            undrawn.add("no box plot without correct predictions", name);
        else if (plot.boxes.empty())
            undrawn.add("no box plot without a class whose mean deviation exceeds the threshold", name);
        else
            jobs.push_back({figures::draw_box_plot(std::move(plot)), output.folder / "boxplot" / file_name_of(name)});
        auto chart = charts.distribution(scene);
        if (chart.shares.empty())
            undrawn.add("no distribution without images", name);
        else
            jobs.push_back(
                {figures::draw_bar_chart(std::move(chart)), output.folder / "distribution" / file_name_of(name)});
    }
    std::vector<std::filesystem::path> files;
    for (const Job& job : jobs)
        for (const auto format : formats) files.push_back(with_format(job.base, format));
    require_replaceable(files, output.overwrite);

    cli::Progress progress(log, "charts");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        save_all(jobs[i].picture, jobs[i].base, formats, output);
        progress.update(i + 1, jobs.size());
    }
    undrawn.tell(log);
    log.info(fmt::format("{} files are in {}", files.size(), output.folder.string()));
    return ExitCode::done;
}

}  // namespace semscope::postprocess
