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
    }

    const std::filesystem::path& path_;
    std::ifstream file_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::uint64_t number_ = 0;
    bool at_end_ = false;
};

}  // namespace

void for_each_line(const std::filesystem::path& path,
                   const std::function<bool(std::uint64_t number, std::string_view text)>& visit) {
    LineReader reader(path);
    bool any = false;
    while (auto text = reader.next()) {
        if (reader.number() == 1 && text->starts_with("\xef\xbb\xbf")) text->remove_prefix(3);
        text = trim(*text);
        if (text->empty() || text->front() == '#') continue;
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
        if (names.size() == maximum_scenes)
            throw InputError(fmt::format("{}: more than {} scenes", path.string(), maximum_scenes));
        // It names folders and files of figures.
        if (const std::string fault = problem_with_file_name(folder); !fault.empty())
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
        else if (const std::string fault = problem_with_name(fields[name_column]); !fault.empty())
            problems.add(fmt::format("{}: the name {} {}", position(path, line), quote(fields[name_column]), fault));
        names.push_back(fields.size() > name_column ? fields[name_column] : "");
    }
    if (names.size() == 1) problems.add(fmt::format("{}: the file has no classes", path.string()));
    if (names.size() > maximum_semantics)
        problems.add(fmt::format("{}: {} classes; label maps can hold 255", path.string(), names.size() - 1));
    problems.throw_if_any();
    return names;
}

}  // namespace semscope::data
