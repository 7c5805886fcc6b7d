#include "semscope/dataset/names.hpp"

#include "semscope/base/error.hpp"
#include "semscope/base/limits.hpp"
#include "semscope/base/text.hpp"
#include "semscope/dataset/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace semscope::dataset {

namespace {

std::optional<long> parse_integer(std::string_view text) {
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_name_header(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower == "name";
}

}  // namespace

std::string scene_folder_name(std::string_view name) {
    // "/a/airfield": the letter is an alphabetical drawer of the data set, not part of the name.
    if (name.size() > 3 && name[0] == '/' && name[2] == '/') name.remove_prefix(3);
    std::string folder(name);
    std::replace(folder.begin(), folder.end(), '/', '-');
    return folder;
}

SceneNames::SceneNames(std::vector<std::string> names) : names_(std::move(names)) {
    for (std::size_t i = 0; i < names_.size(); ++i) index_.emplace(names_[i], static_cast<std::int32_t>(i));
}

std::optional<std::int32_t> SceneNames::find(std::string_view name) const {
    const auto found = index_.find(scene_folder_name(name));
    if (found == index_.end()) return std::nullopt;
    return found->second;
}

SceneNames read_scene_names(const std::filesystem::path& path) {
    std::vector<std::string> names;
    std::unordered_map<std::string, std::size_t> first_line;
    Problems problems;
    for (const Line& line : read_lines(path)) {
        std::string_view name = line.text;
        const std::size_t blank = name.find_last_of(" \t");
        if (blank != std::string_view::npos) {
            if (const auto index = parse_integer(name.substr(blank + 1))) {
                if (*index != static_cast<long>(names.size()))
                    problems.add(
                        fmt::format("{}: index {} where {} was expected", position(path, line), *index, names.size()));
                name = trim(name.substr(0, blank));
            }
        }
        std::string folder = scene_folder_name(name);
        if (names.size() == most_scenes)
            throw InputError(fmt::format("{}: more than {} scenes", path.string(), most_scenes));
        // It names folders and files of figures.
        if (const std::string fault = judge_file_name(folder); !fault.empty())
            problems.add(fmt::format("{}: the scene {} {}", position(path, line), quote(name), fault));
        if (const auto [place, is_new] = first_line.emplace(folder, line.number); !is_new)
            problems.add(fmt::format("{}: scene {} stands already in line {}", position(path, line), quote(folder),
                                     place->second));
        names.push_back(std::move(folder));
    }
    problems.throw_if_any();
    return SceneNames(std::move(names));
}

std::vector<std::string> read_semantic_names(const std::filesystem::path& path) {
    std::vector<std::string> names{"unlabelled"};
    std::size_t name_column = 1;
    bool first = true;
    Problems problems;
    for (const Line& line : read_lines(path)) {
        const auto fields = split_tabs(line.text);
        const auto index = parse_integer(fields.front());
        if (std::exchange(first, false) && !index) {  // the header line
            const auto named = std::find_if(fields.begin(), fields.end(), is_name_header);
            if (named != fields.end()) name_column = static_cast<std::size_t>(named - fields.begin());
            continue;
        }
        if (!index || fields.size() <= name_column || fields[name_column].empty())
            problems.add(fmt::format("{}: expected index<TAB>name, found {}", position(path, line), quote(line.text)));
        else if (*index != static_cast<long>(names.size()))
            problems.add(fmt::format("{}: index {} where {} was expected", position(path, line), *index, names.size()));
        else if (const std::string fault = judge_name(fields[name_column]); !fault.empty())
            problems.add(fmt::format("{}: the name {} {}", position(path, line), quote(fields[name_column]), fault));
        names.push_back(fields.size() > name_column ? fields[name_column] : "");
    }
    if (names.size() == 1) problems.add(fmt::format("{}: the file has no classes", path.string()));
    if (names.size() > most_semantics)
        problems.add(fmt::format("{}: {} classes; label maps can hold 255", path.string(), names.size() - 1));
    problems.throw_if_any();
    return names;
}

}  // namespace semscope::dataset
