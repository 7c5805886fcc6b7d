#include "semscope/postprocess/charts.hpp"

#include "semscope/cli/log.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/figures/word_cloud.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/postprocess/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::postprocess {
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
    const SceneCharts charts(*file, settings.figures);
    const bool common = settings.figures.axis == BoxAxis::common;
    const std::string suffix = suffix_of(settings.figures.attribution);
    const auto range = common ? std::optional(charts.common_range()) : std::nullopt;

    std::vector<Chart> jobs;
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
            jobs.push_back(
                {figures::draw_box_plot(std::move(plot)), output.folder / "boxplot" / (file_name_of(name) + suffix)});
        if (settings.figures.attribution != Attribution::occlusion) continue;  // the pixels are the same
        auto chart = charts.distribution(scene);
        if (chart.shares.empty())
            undrawn.add("no distribution without images", name);
        else
            jobs.push_back(
                {figures::draw_bar_chart(std::move(chart)), output.folder / "distribution" / file_name_of(name)});
    }
    save_charts(jobs, task, undrawn, log);
    return ExitCode::done;
}

namespace {

/// A scene with its words, and the file its cloud goes to, without ending.
struct Cloud {
    std::string scene;
    std::vector<figures::WeightedWord> words;
    std::filesystem::path base;
};

std::vector<std::filesystem::path> files_of(const std::vector<Cloud>& jobs,
                                            const std::vector<figures::Format>& formats) {
    std::vector<std::filesystem::path> files;
    for (const Cloud& job : jobs) {
        for (const auto format : formats) files.push_back(with_format(job.base, format));
        files.emplace_back(job.base.string() + ".json");
    }
    return files;
}

}  // namespace

cli::Options cloud_options(cli::Settings& settings) {
    cli::Options options("semscope-wordcloud", "draws the classes that matter to each scene as a word cloud");
    options.add(cli::vocabulary(settings, {cli::Group::figures, cli::Group::output}));
    return options;
}

ExitCode draw_clouds(const cli::Settings& settings) {
    const cli::Log log(true);
    const SceneTask task = prepare_scenes(settings);
    const auto& [file, output, formats, scenes] = task;
    const auto set = settings.figures.set;
    const auto scene_names = file->scene_names();
    const auto class_names = file->semantic_names();
    const figures::Palette palette = selected_palette(settings.figures, class_names.size());
    const Attribution attribution = settings.figures.attribution;
    const std::string suffix = (set == CloudSet::relevant ? "" : ".distracting") + suffix_of(attribution);

    std::vector<Cloud> jobs;
    Undrawn undrawn;
    for (const std::uint64_t scene : scenes) {
        const std::string& name = scene_names[scene];
        auto words = figures::cloud_weights(cloud_values(*file, scene, set, attribution), class_names,
                                            settings.figures.percentile);
        if (words.empty())
            undrawn.add(fmt::format("no word cloud without a {} class", name_of(set)), name);
        else
            jobs.push_back({name, std::move(words), output.folder / "wordcloud" / (file_name_of(name) + suffix)});
    }
    const auto files = files_of(jobs, formats);
    require_replaceable(files, output.overwrite);

    cli::Progress progress(log, "word clouds");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto cloud =
            figures::lay_out_cloud(jobs[i].scene, jobs[i].words, palette, cloud_options_of(settings.figures));
        const std::uint64_t most = settings.figures.words;
        const std::size_t asked = most == 0 ? jobs[i].words.size() : std::min<std::size_t>(most, jobs[i].words.size());
        if (cloud.words.size() < asked)
            log.warning(fmt::format("{}: {} words found no room and are listed in the JSON", jobs[i].scene,
                                    asked - cloud.words.size()));
        figures::write_file(jobs[i].base.string() + ".json", figures::cloud_json(cloud), output.overwrite);
        save_all(figures::draw_word_cloud(cloud), jobs[i].base, formats, output);
        progress.update(i + 1, jobs.size());
    }
    undrawn.tell(log);
    log.info(fmt::format("{} files are in {}", files.size(), output.folder.string()));
    return ExitCode::done;
}

}  // namespace semscope::postprocess
