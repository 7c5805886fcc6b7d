// semscope-wordcloud: the relevant or distracting classes of each scene as a word cloud.
#include "cloud_values.hpp"
#include "scene_task.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/figure/word_cloud.hpp"
#include "semscope/hdf5/version.hpp"
#include "serial_main.hpp"
#include "undrawn.hpp"

#include <fmt/format.h>

namespace semscope {
namespace {

namespace post = postprocess;

app::Options declare_options() {
    app::Options options("semscope-wordcloud", "draws the classes that matter to each scene as a word cloud");
    options.add(app::vocabulary({app::figure_options, app::output_options}));
    return options;
}

figure::CloudOptions cloud_options(const app::Options& options) {
    figure::CloudOptions cloud;
    cloud.size = {static_cast<double>(options.integer("figures.width")),
                  static_cast<double>(options.integer("figures.height"))};
    cloud.seed = static_cast<std::uint64_t>(options.integer("figures.seed"));
    cloud.font = options.text("figures.font");
    return cloud;
}

/// A scene with its words, and the file its cloud goes to, without ending.
struct Job {
    std::string scene;
    std::vector<figure::WeightedWord> words;
    std::filesystem::path base;
};

std::vector<std::filesystem::path> files_of(const std::vector<Job>& jobs, const std::vector<figure::Format>& formats) {
    std::vector<std::filesystem::path> files;
    for (const Job& job : jobs) {
        for (const auto format : formats) files.push_back(post::with_format(job.base, format));
        files.emplace_back(job.base.string() + ".json");
    }
    return files;
}

ExitCode run(const app::Options& options) {
    const app::Log log(true);
    const post::SceneTask task = post::prepare_scenes(options);
    const auto& [file, output, formats, scenes] = task;
    const auto set = static_cast<post::CloudSet>(options.choice("figures.set"));
    const auto scene_names = file->scene_names();
    const auto class_names = file->semantic_names();
    const figure::Palette palette = figure::Palette::for_classes(class_names.size());
    const std::string suffix = set == post::CloudSet::relevant ? "" : ".distracting";

    std::vector<Job> jobs;
    post::Undrawn undrawn;
    for (const std::uint64_t scene : scenes) {
        const std::string& name = scene_names[scene];
        auto words = figure::cloud_weights(post::cloud_values(*file, scene, set), class_names);
        if (words.empty())
            undrawn.add(fmt::format("no word cloud without a {} class", options.text("figures.set")), name);
        else
            jobs.push_back({name, std::move(words), output.folder / "wordcloud" / (post::file_name_of(name) + suffix)});
    }
    const auto files = files_of(jobs, formats);
    post::require_replaceable(files, output.overwrite);

    app::Progress progress(log, "word clouds");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto cloud = figure::lay_out_cloud(jobs[i].scene, jobs[i].words, palette, cloud_options(options));
        if (!cloud.unplaced.empty())
            log.warning(fmt::format("{}: {} words found no room and are listed in the JSON", jobs[i].scene,
                                    cloud.unplaced.size()));
        figure::write_file(jobs[i].base.string() + ".json", figure::cloud_json(cloud), output.overwrite);
        post::save_all(figure::draw_word_cloud(cloud), jobs[i].base, formats, output);
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
