#include "semscope/cli/configuration.hpp"

#include "semscope/core/text.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/trim.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace semscope::cli {

namespace {

/// The line without its comment: '#' begins one at the start or after a blank, so that values may hold a '#'.
std::string without_comment(const std::string& line) {
    for (std::size_t at = line.find('#'); at != std::string::npos; at = line.find('#', at + 1))
        if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
    return line;
}

}  // namespace

std::vector<Setting> read_config_file(const std::filesystem::path& file, Problems& problems) {
    std::error_code ignored;
    std::ifstream stream(file);
    if (!stream || !std::filesystem::is_regular_file(file, ignored))
        throw InputError(fmt::format("{}: cannot be read as a configuration file", file.string()));
    constexpr std::uintmax_t most = 1 << 20;
    if (std::filesystem::file_size(file, ignored) > most)
        throw InputError(fmt::format("{}: larger than {} bytes; it is no configuration file", file.string(), most));
    return parse_config(stream, file.string(), problems);
}

std::vector<Setting> parse_config(std::istream& stream, const std::string& origin, Problems& problems) {
    std::vector<Setting> settings;
    std::string section;
    std::string line;
    for (std::size_t number = 1; std::getline(stream, line); ++number) {
        if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
        line = boost::trim_copy(without_comment(line));
        if (line.empty()) continue;
        const std::size_t equals = line.find('=');
        if (line.front() == '[' && line.back() == ']') {
            section = boost::trim_copy(line.substr(1, line.size() - 2));
        } else if (equals == std::string::npos || equals == 0) {
            problems.add(
                fmt::format("{}:{}: expected \"key = value\" or \"[section]\", found {}", origin, number, quote(line)));
        } else {
            const std::string key = boost::trim_copy(line.substr(0, equals));
            settings.push_back(
                {section.empty() ? key : section + "." + key, boost::trim_copy(line.substr(equals + 1)), number});
        }
    }
    return settings;
}

namespace {

/// What is not of the form of Options::resolved is passed over.
std::vector<Setting> read_settings(const std::string& text) {
    Problems ignored;
    std::istringstream stream(text);
    return parse_config(stream, "", ignored);
}

const std::string* find(const std::vector<Setting>& settings, const std::string& name) {
    const auto found =
        std::find_if(settings.begin(), settings.end(), [&](const auto& each) { return each.name == name; });
    return found == settings.end() ? nullptr : &found->value;
}

}  // namespace

std::string recorded_value(const std::string& configuration, const std::string& name) {
    const std::vector<Setting> settings = read_settings(configuration);
    const std::string* const value = find(settings, name);
    return value == nullptr ? "" : *value;
}

std::vector<Difference> differences(const std::string& then, const std::string& now) {
    const std::vector<Setting> before = read_settings(then);
    std::vector<Difference> found;
    for (const Setting& setting : read_settings(now)) {
        const std::string* const old = find(before, setting.name);
        const std::string old_value = old == nullptr ? not_recorded : *old;
        if (old_value != setting.value) found.push_back({setting.name, old_value, setting.value});
    }
    return found;
}

}  // namespace semscope::cli
