#include "semscope/postprocess/selection.hpp"

#include "semscope/cli/option.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/tables.hpp"
#include "semscope/figures/text.hpp"
#include "semscope/results/result_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

namespace semscope::postprocess {

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::size_t first = text.find_first_not_of(" \t", begin);
        if (first < end) words.push_back(text.substr(first, text.find_last_not_of(" \t", end - 1) + 1 - first));
        begin = end + 1;
    }
    return words;
}

std::vector<std::uint64_t> named_scenes(const std::string& list, const std::string& option,
                                        std::span<const std::string> scenes) {
    std::vector<std::uint64_t> selected;
    Problems problems;
    for (const std::string& wanted : split_list(list)) {
        const auto found = std::find_if(scenes.begin(), scenes.end(), [&](const std::string& scene) {
            return scene == wanted || scene == data::scene_folder_name(wanted);
        });
        if (found == scenes.end())
            problems.add(fmt::format("{}: there is no scene \"{}\"{}", option, wanted, suggest(wanted, scenes)));
        else
            selected.push_back(static_cast<std::uint64_t>(found - scenes.begin()));
    }
    problems.throw_if_any();
    return selected;
}

std::vector<std::uint64_t> selected_scenes(const cli::FigureSettings& settings, std::span<const std::string> scenes) {
    std::vector<std::uint64_t> selected = named_scenes(settings.scene, "figures.scene", scenes);
    if (selected.empty())
        for (std::uint64_t scene = 0; scene < scenes.size(); ++scene) selected.push_back(scene);
    std::sort(selected.begin(), selected.end());
    selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
    return selected;
}

std::optional<figures::ValueRange> selected_range(const cli::FigureSettings& settings) {
    if (settings.range.empty()) return std::nullopt;
    const auto parts = split_list(settings.range);
    const auto low = parts.size() == 2 ? cli::to_real(parts[0]) : std::nullopt;
    const auto high = parts.size() == 2 ? cli::to_real(parts[1]) : std::nullopt;
    if (!low || !high || !(*low < *high) || !std::isfinite(*low) || !std::isfinite(*high))
        throw UsageError(fmt::format("figures.range = {}: expected two numbers low,high with low < high, as -0.1,0.3",
                                     quote(settings.range)));
    if (settings.scale == MapScale::scene || settings.scale == MapScale::all)
        throw UsageError(
            fmt::format("figures.range fixes the scale that figures.scale = {} takes from the maps: give one",
                        name_of(settings.scale)));
    if (settings.scale == MapScale::symmetric && *low != -*high)
        throw UsageError(fmt::format("figures.range = {} is not symmetric around 0, as figures.scale = symmetric asks",
                                     settings.range));
    return figures::ValueRange{*low, *high};
}

std::vector<figures::Format> selected_formats(const cli::FigureSettings& settings,
                                              std::vector<figures::Format> automatic) {
    std::vector<figures::Format> formats;
    for (const std::string& name : split_list(settings.formats)) {
        if (name == "auto") return automatic;
        const figures::Format format = figures::format_of(name);
        if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.push_back(format);
    }
    return formats.empty() ? automatic : formats;
}

figures::Palette selected_palette(const cli::FigureSettings& settings, std::size_t classes) {
    if (settings.palette.empty()) return figures::Palette::for_classes(classes);
    std::string table;
    for (const data::Line& line : data::read_lines(settings.palette)) {
        table.resize(
            table.size() + line.number - 1 - static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n')),
            '\n');
        table += line.text + "\n";
    }
    figures::Palette palette = figures::Palette::parse(table, settings.palette.string());
    if (palette.size() < classes)
        throw InputError(fmt::format("figures.palette: {} has colours for {} classes; {} are wanted",
                                     settings.palette.string(), palette.size() - 1, classes - 1));
    return palette;
}

figures::CloudOptions cloud_options_of(const cli::FigureSettings& settings) {
    figures::CloudOptions cloud;
    constexpr int usual_width = 600;
    cloud.size = {static_cast<double>(settings.width.value_or(usual_width)), static_cast<double>(settings.height)};
    cloud.seed = settings.seed;
    cloud.font = settings.font;
    cloud.relative_scaling = settings.relative_scaling;
    cloud.words = settings.words;
    return cloud;
}

namespace {

/// Throws InputError unless the folder is there and can be written to, or can be made in the folder that is.
void require_makeable(const std::filesystem::path& folder) {
    std::error_code ignored;
    std::filesystem::path existing = folder;
    while (existing.has_relative_path() && !std::filesystem::exists(std::filesystem::symlink_status(existing, ignored)))
        existing = existing.parent_path();
    const char* fault = !std::filesystem::is_directory(existing, ignored) ? std::strerror(ENOTDIR)
                        : ::access(existing.c_str(), W_OK | X_OK) != 0    ? std::strerror(errno)
                                                                          : nullptr;
    if (fault == nullptr) return;
    throw InputError(existing == folder
                         ? fmt::format("{}: the folder of the figures cannot be written to: {}", folder.string(), fault)
                         : fmt::format("{}: the folder of the figures cannot be made: {}: {}", folder.string(),
                                       existing.string(), fault));
}

}  // namespace

Output prepare_output(const cli::Settings& settings) {
    Output output;
    output.folder = settings.output.figures;
    output.overwrite = settings.output.overwrite ? figures::Overwrite::yes : figures::Overwrite::no;
    output.dpi = settings.figures.dpi;
    output.font = settings.figures.font;
    if (const std::string installed = figures::installed_family(output.font); installed != output.font)
        throw UsageError(
            fmt::format("figures.font: \"{}\" is not installed; the nearest family is \"{}\"", output.font, installed));
    require_makeable(output.folder);
    return output;
}

std::string file_name_of(const std::string& scene) {
    const std::string name = data::scene_folder_name(scene);
    return name.starts_with('.') ? "_" + name : name;
}

std::filesystem::path with_format(const std::filesystem::path& base, figures::Format format) {
    return fmt::format("{}.{}", base.string(), figures::name_of(format));
}

void require_replaceable(const std::vector<std::filesystem::path>& files, figures::Overwrite overwrite) {
    if (overwrite == figures::Overwrite::yes) return;
    std::error_code ignored;
    std::vector<std::filesystem::path> existing;
    for (const auto& file : files)
        if (std::filesystem::exists(file, ignored)) existing.push_back(file);
    if (existing.empty()) return;
    const std::string others = existing.size() > 1 ? fmt::format(" (and {} more)", existing.size() - 1) : "";
    throw UsageError(fmt::format("{}{}: the picture exists; move it away or set output.overwrite",
                                 existing.front().string(), others));
}

void save_all(const figures::Picture& picture, const std::filesystem::path& base,
              const std::vector<figures::Format>& formats, const Output& output) {
    for (const figures::Format format : formats)
        figures::save(picture, with_format(base, format), output.overwrite, output.dpi);
}

SceneTask prepare_scenes(const cli::Settings& settings) {
    SceneTask task;
    Problems problems;
    problems.collect(
        [&] { task.file = std::make_unique<results::StatisticsReader>(open_statistics(settings.output)); });
    problems.collect([&] { task.output = prepare_output(settings); });
    problems.collect([&] {
        task.formats =
            selected_formats(settings.figures, {figures::Format::png, figures::Format::svg, figures::Format::pdf});
    });
    if (task.file) problems.collect([&] { task.file->require(settings.figures.attribution); });
    if (task.file) problems.collect([&] { task.scenes = selected_scenes(settings.figures, task.file->scene_names()); });
    problems.throw_if_any();
    return task;
}

namespace {

bool is_there(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

void require_together(const cli::OutputSettings& output, const results::StatisticsReader& statistics,
                      const results::OcclusionReader& occlusion) {
    if (!results::made_from(statistics, occlusion))
        throw InputError(
            fmt::format("{} was not made from {} as it now stands; run semscope-reduce again, or name the "
                        "files that belong together",
                        output.statistics.string(), output.occlusion.string()));
}

}  // namespace

results::StatisticsReader open_statistics(const cli::OutputSettings& output) {
    results::StatisticsReader statistics(output.statistics);
    if (is_there(output.occlusion)) require_together(output, statistics, results::OcclusionReader(output.occlusion));
    return statistics;
}

results::OcclusionReader open_occlusion(const cli::OutputSettings& output) {
    results::OcclusionReader occlusion(output.occlusion);
    if (is_there(output.statistics)) require_together(output, results::StatisticsReader(output.statistics), occlusion);
    return occlusion;
}

void save_charts(const std::vector<Chart>& charts, const SceneTask& task, const Undrawn& undrawn, const cli::Log& log) {
    std::vector<std::filesystem::path> files;
    for (const Chart& chart : charts)
        for (const auto format : task.formats) files.push_back(with_format(chart.base, format));
    require_replaceable(files, task.output.overwrite);
    cli::Progress progress(log, "charts");
    for (std::size_t i = 0; i < charts.size(); ++i) {
        save_all(charts[i].picture, charts[i].base, task.formats, task.output);
        progress.update(i + 1, charts.size());
    }
    undrawn.tell(log);
    log.info(fmt::format("{} files are in {}", files.size(), task.output.folder.string()));
}

std::string suffix_of(Attribution attribution) { return attribution == Attribution::shapley ? ".shapley" : ""; }

void require_attribution(const results::OcclusionReader& file, const cli::Settings& settings) {
    if (settings.figures.attribution == Attribution::shapley && !file.has_shapley())
        throw InputError(
            fmt::format("figures.attribution = shapley: {} has no Shapley values; run semscope-occlude with "
                        "attribution.shapley = auto",
                        settings.output.occlusion.string()));
}

void Undrawn::tell(const cli::Log& log) const {
    constexpr std::size_t most = 40;
    for (const auto& [reason, names] : names_) {
        const auto shown = std::span(names).first(std::min(most, names.size()));
        const std::string rest = names.size() > most ? fmt::format(" and {} more", names.size() - most) : "";
        log.info(fmt::format("{}: {} ({}{})", reason, names.size(), fmt::join(shown, ", "), rest));
    }
}

}  // namespace semscope::postprocess
