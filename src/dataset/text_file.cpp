#include "semscope/dataset/text_file.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <fstream>

namespace semscope::dataset {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<Line> read_lines(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        throw InputError(fmt::format("{}: there is no such file", path.string()));
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, ignored))
        throw InputError(fmt::format("{}: cannot be opened for reading", path.string()));
    std::vector<Line> lines;
    std::string raw;
    for (std::size_t number = 1; std::getline(file, raw); ++number) {
        std::string_view text = raw;
        if (number == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        text = trim(text);
        if (!text.empty() && text.front() != '#') lines.push_back({number, std::string(text)});
    }
    if (file.bad()) throw InputError(fmt::format("{}: reading failed", path.string()));
    if (lines.empty()) throw InputError(fmt::format("{}: the file has no entries", path.string()));
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

std::string position(const std::filesystem::path& path, const Line& line) {
    return fmt::format("{}:{}", path.string(), line.number);
}

}  // namespace semscope::dataset
