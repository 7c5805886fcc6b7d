#include "semscope/data/tables.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <optional>
#include <utility>

namespace semscope::data {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

namespace {

std::ifstream open_text(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) throw InputError(fmt::format("{}: there is no such file", path.string()));
    // A pipe would be waited for, by all ranks but one for ever.
    std::ifstream file;
    if (std::filesystem::is_regular_file(status)) file.open(path, std::ios::binary);
    if (!file.is_open() || !file) throw InputError(fmt::format("{}: cannot be opened for reading", path.string()));
    return file;
}

/// Cuts a file into lines, block by block, so that no more than a block and a line is ever held.
class LineReader {
  public:
    explicit LineReader(const std::filesystem::path& path) : path_(path), file_(open_text(path)) { fill(); }

    /// The next line without its end; nothing at the end of the file. It lives until the next call.
    std::optional<std::string_view> next() {
        while (true) {
            const std::string_view rest = std::string_view(buffer_).substr(begin_);
            const std::size_t end = rest.find('\n');
            if (std::min(end, rest.size()) > maximum_line_bytes)
                throw InputError(
                    fmt::format("{}: longer than {} bytes", position(path_, number_ + 1), maximum_line_bytes));
            if (end != std::string_view::npos || at_end_) {
                if (end == std::string_view::npos && rest.empty()) return std::nullopt;
                ++number_;
                begin_ += std::min(end, rest.size()) + (end == std::string_view::npos ? 0 : 1);
                return rest.substr(0, end);
            }
            fill();
        }
    }
    std::uint64_t number() const { return number_; }

  private:
    void fill() {
        constexpr std::size_t block = std::size_t{1} << 18;
        buffer_.erase(0, begin_);
        begin_ = 0;
        const std::size_t kept = buffer_.size();
        buffer_.resize(kept + block);
        file_.read(buffer_.data() + kept, static_cast<std::streamsize>(block));
        if (file_.bad()) throw InputError(fmt::format("{}: reading failed", path_.string()));
        buffer_.resize(kept + static_cast<std::size_t>(file_.gcount()));
        at_end_ = file_.eof();
        if (number_ == 0 && kept == 0) require_bytes();
    }

    /// Editors of Windows write UTF-16: every other byte of plain text is 0 then.
    void require_bytes() const {
        const std::string_view start = std::string_view(buffer_).substr(0, 4);
        const bool marked = start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff");
        if (marked || (start.size() == 4 && (start[0] == 0) != (start[1] == 0) && (start[2] == 0) == (start[0] == 0)))
            throw InputError(
                fmt::format("{0}: is UTF-16; tables are UTF-8: iconv -f UTF-16 -t UTF-8 {0} > other", path_.string()));
    }

    const std::filesystem::path& path_;
    std::ifstream file_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::uint64_t number_ = 0;
    bool at_end_ = false;
};

}  // namespace

bool is_comment(std::string_view text) { return text.starts_with('#'); }

void for_each_line(const std::filesystem::path& path,
                   const std::function<bool(std::uint64_t number, std::string_view text)>& visit,
                   bool (*is_left_out)(std::string_view)) {
    LineReader reader(path);
    bool any = false;
    while (auto text = reader.next()) {
        if (reader.number() == 1 && text->starts_with("\xef\xbb\xbf")) text->remove_prefix(3);
        text = trim(*text);
        if (text->empty() || is_left_out(*text)) continue;
        any = true;
        if (!visit(reader.number(), *text)) return;
    }
    if (!any) throw InputError(fmt::format("{}: the file has no entries", path.string()));
}

std::vector<Line> read_lines(const std::filesystem::path& path) {
    constexpr std::size_t most = 200000;
    std::vector<Line> lines;
    for_each_line(path, [&](std::uint64_t number, std::string_view text) {
        if (lines.size() == most)
            throw InputError(fmt::format("{}: more than {} lines, which no table has", path.string(), most));
        lines.push_back({number, std::string(text)});
        return true;
    });
    return lines;
}

std::vector<std::string> split_tabs(std::string_view text) {
    std::vector<std::string> fields;
    for (;;) {
        const std::size_t tab = text.find('\t');
        fields.emplace_back(trim(text.substr(0, tab)));
        if (tab == std::string_view::npos) return fields;
        text.remove_prefix(tab + 1);
    }
}

std::string position(const std::filesystem::path& path, std::uint64_t number) {
    return fmt::format("{}:{}", path.string(), number);
}

std::string position(const std::filesystem::path& path, const Line& line) { return position(path, line.number); }

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

namespace {

/// A line of the table of scenes: a name, and the number behind it.
struct SceneLine {
    std::string_view name;
    std::optional<long> index;
};

SceneLine split_scene(std::string_view text) {
    const std::size_t blank = text.find_last_of(" \t,");
    if (blank == std::string_view::npos) return {text, std::nullopt};
    const auto index = parse_integer(text.substr(blank + 1));
    return index ? SceneLine{trim(text.substr(0, blank)), index} : SceneLine{text, std::nullopt};
}

/// Whether the numbers behind the names are indices and not parts of the names, as in "route 66": all lines have one,
/// or some have their own place.
bool has_indices(const std::vector<Line>& lines) {
    std::size_t numbers = 0;
    bool any_in_place = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto index = split_scene(lines[i].text).index;
        numbers += index ? 1 : 0;
        any_in_place = any_in_place || index == static_cast<long>(i);
    }
    return numbers > 0 && (numbers == lines.size() || any_in_place);
}

std::string problem_with_scene_index(const SceneLine& line, std::size_t place) {
    if (!line.index)
        return fmt::format("has no index, though others have; expected \"{} {}\"", printable(line.name), place);
    if (*line.index == static_cast<long>(place)) return "";
    return fmt::format("index {} where {} was expected{}", *line.index, place,
                       *line.index == static_cast<long>(place) + 1 ? " (they count from 0)" : "");
}

/// What a table of scenes looks like that puts the index first: "0,airfield".
bool has_index_first(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    return end != 0 && end != std::string_view::npos && (text[end] == ',' || text[end] == '\t' || text[end] == ';');
}

}  // namespace

SceneNames read_scene_names(const std::filesystem::path& path) {
    std::vector<std::string> names;
    std::unordered_map<std::string, std::size_t> first_line;
    Problems problems;
    const std::vector<Line> lines = read_lines(path);
    if (has_index_first(lines.front().text))
        throw InputError(
            fmt::format("{}: the index stands first in {}; scenes are listed as \"name\" or \"name index\"",
                        position(path, lines.front()), quote(lines.front().text)));
    const bool indexed = has_indices(lines);
    for (const Line& line : lines) {
        if (names.size() == maximum_scenes)
            throw InputError(fmt::format("{}: more than {} scenes", path.string(), maximum_scenes));
        const SceneLine split = indexed ? split_scene(line.text) : SceneLine{line.text, std::nullopt};
        if (indexed)
            if (const std::string fault = problem_with_scene_index(split, names.size()); !fault.empty())
                problems.add(fmt::format("{}: {}", position(path, line), fault));
        std::string folder = scene_folder_name(split.name);
        // It names folders and files of figures.
        if (const std::string fault = problem_with_file_name(folder); !fault.empty())
            problems.add(fmt::format("{}: the scene {} {}", position(path, line), quote(split.name), fault));
        else if (folder.size() > maximum_drawn_name_bytes)
            problems.add(fmt::format("{}: the scene {} is longer than {} bytes, which names of figures can have",
                                     position(path, line), quote(split.name), maximum_drawn_name_bytes));
        if (const auto [place, is_new] = first_line.emplace(folder, line.number); !is_new)
            problems.add(fmt::format("{}: scene {} stands already in line {}", position(path, line), quote(folder),
                                     place->second));
        names.push_back(std::move(folder));
    }
    if (names.size() == 1 && problems.empty())
        problems.add(
            fmt::format("{}: has one scene; a classifier of one class gives it the probability 1 whatever is "
                        "inhibited, so there is nothing to explain",
                        path.string()));
    problems.throw_if_any();
    return SceneNames(std::move(names));
}

std::string unnamed_class(std::size_t index) { return fmt::format("unnamed {}", index); }

namespace {

/// The fields of a line: between tabs; where there is none, the index and the name between the first comma or blank.
std::vector<std::string> split_class(std::string_view text) {
    if (text.find('\t') != std::string_view::npos) return split_tabs(text);
    const std::size_t end = text.find_first_of(", ");
    if (end == std::string_view::npos) return {std::string(text)};
    return {std::string(text.substr(0, end)), std::string(trim(text.substr(end + 1)))};
}

}  // namespace

std::vector<std::string> read_semantic_names(const std::filesystem::path& path) {
    std::vector<std::string> names{"unlabelled"};
    std::size_t name_column = 1;
    bool first = true;
    Problems problems;
    for (const Line& line : read_lines(path)) {
        const auto fields = split_class(line.text);
        const auto index = parse_integer(fields.front());
        if (std::exchange(first, false) && !index) {  // the header line
            const auto named = std::find_if(fields.begin(), fields.end(), is_name_header);
            if (named != fields.end()) name_column = static_cast<std::size_t>(named - fields.begin());
            continue;
        }
        if (!index || fields.size() <= name_column || fields[name_column].empty())
            problems.add(fmt::format("{}: expected index<TAB>name, found {}", position(path, line), quote(line.text)));
        else if (*index < static_cast<long>(names.size()))
            problems.add(
                fmt::format("{}: index {} where {} or more was expected", position(path, line), *index, names.size()));
        else if (*index >= static_cast<long>(maximum_semantics))
            problems.add(fmt::format("{}: index {}; label maps can hold classes up to {}", position(path, line), *index,
                                     maximum_semantics - 1));
        else if (fields[name_column].size() > maximum_drawn_name_bytes)
            problems.add(fmt::format("{}: the name {} is longer than {} bytes, which figures can show",
                                     position(path, line), quote(fields[name_column]), maximum_drawn_name_bytes));
        else if (const std::string fault = problem_with_name(fields[name_column]); !fault.empty())
            problems.add(fmt::format("{}: the name {} {}", position(path, line), quote(fields[name_column]), fault));
        const bool counts = index && *index >= 0 && *index < static_cast<long>(maximum_semantics);
        while (counts && static_cast<long>(names.size()) < *index) names.push_back(unnamed_class(names.size()));
        names.push_back(fields.size() > name_column ? fields[name_column] : "");
    }
    if (names.size() == 1) problems.add(fmt::format("{}: the file has no classes", path.string()));
    if (names.size() > maximum_semantics)
        problems.add(fmt::format("{}: {} classes; label maps can hold {}", path.string(), names.size() - 1,
                                 maximum_semantics - 1));
    problems.throw_if_any();
    return names;
}

}  // namespace semscope::data
