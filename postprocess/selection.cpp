#include "selection.hpp"

#include "semscope/base/similar.hpp"
#include "semscope/dataset/names.hpp"
#include "semscope/figure/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

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

std::vector<std::uint64_t> selected_scenes(const app::Options& options, std::span<const std::string> scenes) {
    std::vector<std::uint64_t> selected;
    Problems problems;
    for (const std::string& wanted : split_list(options.text("figures.scene"))) {
        const auto found = std::find_if(scenes.begin(), scenes.end(), [&](const std::string& scene) {
            return scene == wanted || scene == dataset::scene_folder_name(wanted);
        });
        if (found == scenes.end())
            problems.add(fmt::format("figures.scene: there is no scene \"{}\"{}", wanted, suggest(wanted, scenes)));
        else
            selected.push_back(static_cast<std::uint64_t>(found - scenes.begin()));
    }
    problems.throw_if_any();
    if (selected.empty())
        for (std::uint64_t scene = 0; scene < scenes.size(); ++scene) selected.push_back(scene);
    std::sort(selected.begin(), selected.end());
    selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
    return selected;
}

std::vector<figure::Format> selected_formats(const app::Options& options, std::vector<figure::Format> automatic) {
    std::vector<figure::Format> formats;
    for (const std::string& name : split_list(options.text("figures.formats"))) {
        if (name == "auto") return automatic;
        const figure::Format format = figure::format_of(name);
        if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.push_back(format);
    }
    return formats.empty() ? automatic : formats;
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

Output prepare_output(const app::Options& options) {
    Output output;
    output.folder = options.path("output.figures");
    output.overwrite = options.flag("output.overwrite") ? figure::Overwrite::yes : figure::Overwrite::no;
    output.dpi = static_cast<double>(options.integer("figures.dpi"));
    output.font = options.text("figures.font");
    if (const std::string installed = figure::installed_family(output.font); installed != output.font)
        throw UsageError(
            fmt::format("figures.font: \"{}\" is not installed; the nearest family is \"{}\"", output.font, installed));
    require_makeable(output.folder);
    return output;
}

std::string file_name_of(const std::string& scene) {
    const std::string name = dataset::scene_folder_name(scene);
    return name.starts_with('.') ? "_" + name : name;
}

std::filesystem::path with_format(const std::filesystem::path& base, figure::Format format) {
    return fmt::format("{}.{}", base.string(), figure::name_of(format));
}

void require_replaceable(const std::vector<std::filesystem::path>& files, figure::Overwrite overwrite) {
    if (overwrite == figure::Overwrite::yes) return;
    std::error_code ignored;
    std::vector<std::filesystem::path> existing;
    for (const auto& file : files)
        if (std::filesystem::exists(file, ignored)) existing.push_back(file);
    if (existing.empty()) return;
    const std::string others = existing.size() > 1 ? fmt::format(" (and {} more)", existing.size() - 1) : "";
    throw UsageError(fmt::format("{}{}: the picture exists; move it away or set output.overwrite",
                                 existing.front().string(), others));
}

void save_all(const figure::Picture& picture, const std::filesystem::path& base,
              const std::vector<figure::Format>& formats, const Output& output) {
    for (const figure::Format format : formats)
        figure::save(picture, with_format(base, format), output.overwrite, output.dpi);
}

}  // namespace semscope::postprocess
