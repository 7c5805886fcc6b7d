// semscope-boxplot: box plots of the deviations and bar charts of the semantic distribution, for each scene.
#include "scene_charts.hpp"
#include "scene_task.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/hdf5/version.hpp"
#include "serial_main.hpp"
#include "undrawn.hpp"

#include <fmt/format.h>

namespace semscope {
namespace {

namespace post = postprocess;

app::Options declare_options() {
    app::Options options("semscope-boxplot",
                         "draws box plots of the score deviations and the semantic distributions of scenes");
    options.add(app::vocabulary({app::figure_options, app::output_options}));
    return options;
}

/// A chart that is to be drawn, and the file it goes to, without ending.
struct Job {
    figure::Picture picture;
    std::filesystem::path base;
};

ExitCode run(const app::Options& options) {
    const app::Log log(true);
    const post::SceneTask task = post::prepare_scenes(options);
    const auto& [file, output, formats, scenes] = task;
    const post::SceneCharts charts(*file, static_cast<post::BoxOrder>(options.choice("figures.order")),
                                   options.real("figures.share"), output.font);
    const bool common = options.text("figures.axis") == "common";
    const auto range = common ? std::optional(charts.common_range()) : std::nullopt;

    std::vector<Job> jobs;
    post::Undrawn undrawn;
    for (const std::uint64_t scene : scenes) {
        const std::string& name = charts.scenes()[scene];
        auto plot = charts.box_plot(scene);
        plot.range = range;
        if (plot.images == 0)
            undrawn.add("no box plot without correct predictions", name);
        else if (plot.boxes.empty())
            undrawn.add("no box plot without a class whose mean deviation exceeds the threshold", name);
        else
            jobs.push_back(
                {figure::draw_box_plot(std::move(plot)), output.folder / "boxplot" / post::file_name_of(name)});
        auto chart = charts.distribution(scene);
        if (chart.shares.empty())
            undrawn.add("no distribution without images", name);
        else
            jobs.push_back(
                {figure::draw_bar_chart(std::move(chart)), output.folder / "distribution" / post::file_name_of(name)});
    }
    std::vector<std::filesystem::path> files;
    for (const Job& job : jobs)
        for (const auto format : formats) files.push_back(post::with_format(job.base, format));
    post::require_replaceable(files, output.overwrite);

    app::Progress progress(log, "charts");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        post::save_all(jobs[i].picture, jobs[i].base, formats, output);
        progress.update(i + 1, jobs.size());
    }
    undrawn.tell(log);
    log.info(fmt::format("{} files are in {}", files.size(), output.folder.string()));
    return ExitCode::done;
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    return semscope::bin::serial_main(argc, argv, semscope::declare_options(), {semscope::hdf5::library_description()},
                                      semscope::run);
}
