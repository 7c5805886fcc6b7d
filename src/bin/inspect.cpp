// semscope-inspect: looks at result files and label maps.
#include "inspect_labels.hpp"
#include "inspect_occlusion.hpp"
#include "inspect_statistics.hpp"
#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"
#include "semscope/base/text.hpp"
#include "semscope/hdf5/version.hpp"
#include "semscope/results/digest.hpp"
#include "semscope/results/format.hpp"
#include "serial_main.hpp"

#include <fmt/format.h>

namespace semscope {
namespace {

app::Options declare_options() {
    app::Options options("semscope-inspect", "summarises, checks and compares result files and label maps", "file");
    options.add({.name = "file", .kind = app::ValueKind::path, .help = "file to look at", .required = true});
    const auto flag = [&](const char* name, const char* help) {
        options.add({.name = name, .kind = app::ValueKind::flag, .default_value = "false", .help = help});
    };
    flag("json", "print the summary as JSON");
    flag("digest", "print a SHA-256 over all the datasets and nothing else");
    flag("check", "check schema and content; exit code 2 when something is wrong");
    options.add({.name = "scene",
                 .kind = app::ValueKind::text,
                 .help = "of a statistics file: print the classes of this scene, ranked"});
    options.add(bin::label_inspection_options());
    return options;
}

ExitCode inspect_statistics(const app::Options& options, const std::filesystem::path& path) {
    const results::StatisticsReader file(path);
    if (options.flag("check")) return bin::check_statistics(file, path);
    const std::string scene = options.text("scene");
    if (!scene.empty())
        fmt::print("{}", bin::scene_table(file, scene));
    else
        fmt::print("{}",
                   options.flag("json") ? bin::statistics_json(file) : printable(bin::statistics_summary(file), true));
    return ExitCode::done;
}

ExitCode inspect_occlusion(const app::Options& options, const std::filesystem::path& path) {
    if (!options.text("scene").empty()) throw UsageError(path.string() + ": --scene needs a statistics file");
    const results::OcclusionReader file(path);
    if (options.flag("check")) return bin::check_occlusion(file, path);
    fmt::print("{}", options.flag("json") ? bin::occlusion_json(file) : printable(bin::occlusion_summary(file), true));
    return ExitCode::done;
}

ExitCode inspect(const app::Options& options) {
    const auto path = options.path("file");
    if (bin::is_png(path)) return bin::inspect_labels(options, path);
    if (options.flag("digest")) {
        fmt::print("{}\n", results::content_digest(hdf5::File::open(path, hdf5::Access::read)));
        return ExitCode::done;
    }
    const std::string format = results::format_of(hdf5::File::open(path, hdf5::Access::read));
    return format == results::statistics_format ? inspect_statistics(options, path) : inspect_occlusion(options, path);
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    return semscope::bin::serial_main(argc, argv, semscope::declare_options(), {semscope::hdf5::library_description()},
                                      semscope::inspect);
}
