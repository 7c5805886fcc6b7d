#include "scene_task.hpp"

#include "source_files.hpp"

namespace semscope::postprocess {

SceneTask prepare_scenes(const app::Options& options) {
    SceneTask task;
    Problems problems;
    problems.collect([&] { task.file = std::make_unique<results::StatisticsReader>(open_statistics(options)); });
    problems.collect([&] { task.output = prepare_output(options); });
    problems.collect([&] {
        task.formats = selected_formats(options, {figure::Format::png, figure::Format::svg, figure::Format::pdf});
    });
    if (task.file) problems.collect([&] { task.scenes = selected_scenes(options, task.file->scene_names()); });
    problems.throw_if_any();
    return task;
}

}  // namespace semscope::postprocess
