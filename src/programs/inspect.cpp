

// semscope-inspect: looks at result files and label maps.
#include "semscope/cli/options.hpp"
#include "semscope/cli/program_main.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/inspection/inspection.hpp"
#include "semscope/results/result_file.hpp"

#include <fmt/format.h>

namespace semscope {
namespace {

ExitCode inspect_statistics(const inspection::InspectionSettings& settings) {
    const auto& path = settings.file;
    const results::StatisticsReader file(path);
    if (settings.check) return inspection::check_statistics(file, path);
    if (!settings.scene.empty())
        fmt::print("{}", inspection::scene_table(file, settings.scene));
    else
        fmt::print("{}", settings.json ? inspection::statistics_json(file)
                                       : printable(inspection::statistics_summary(file), true));
    return ExitCode::done;
}

ExitCode inspect_occlusion(const inspection::InspectionSettings& settings) {
    const auto& path = settings.file;
    if (!settings.scene.empty()) throw UsageError(path.string() + ": --scene needs a statistics file");
    const results::OcclusionReader file(path);
    if (settings.check) return inspection::check_occlusion(file, path);
    fmt::print("{}",
               settings.json ? inspection::occlusion_json(file) : printable(inspection::occlusion_summary(file), true));
    return ExitCode::done;
}

ExitCode inspect_comparison(const inspection::InspectionSettings& settings) {
    const auto& path = settings.file;
    if (!settings.scene.empty()) throw UsageError(path.string() + ": --scene needs a statistics file");
    const results::ComparisonReader file(path);
    if (settings.check) return inspection::check_comparison(file, path);
    fmt::print("{}", settings.json ? inspection::comparison_json(file)
                                   : printable(inspection::comparison_summary(file), true));
    return ExitCode::done;
}

ExitCode inspect(const inspection::InspectionSettings& settings) {
    const auto& path = settings.file;
    if (inspection::is_png(path)) return inspection::inspect_labels(settings);
    if (settings.digest) {
        fmt::print("{}\n", results::content_digest(hdf5::File::open(path, hdf5::Access::read)));
        return ExitCode::done;
    }
    const std::string format = results::format_of(hdf5::File::open(path, hdf5::Access::read));
    if (format == results::comparison_format) return inspect_comparison(settings);
    return format == results::statistics_format ? inspect_statistics(settings) : inspect_occlusion(settings);
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    using namespace semscope;
    inspection::InspectionSettings settings;
    return cli::serial_main(argc, argv, inspection::inspection_options(settings), {hdf5::library_description()},
                            [&](const cli::Options& /*options*/) { return inspect(settings); });
}
