#include "semscope/app/configuration_difference.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace semscope::app {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

Settings read_settings(const std::string& text) {
    Settings settings;
    std::string section;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
        } else if (const std::size_t sign = line.find(" = "); sign != std::string::npos) {
            settings.emplace_back(section + "." + line.substr(0, sign), line.substr(sign + 3));
        }
    }
    return settings;
}

}  // namespace

std::vector<Difference> differences(const std::string& then, const std::string& now) {
    const Settings before = read_settings(then);
    std::vector<Difference> found;
    for (const auto& [name, value] : read_settings(now)) {
        const auto old =
            std::find_if(before.begin(), before.end(), [&key = name](const auto& each) { return each.first == key; });
        const std::string old_value = old == before.end() ? "(not recorded)" : old->second;
        if (old_value != value) found.push_back({name, old_value, value});
    }
    return found;
}

}  // namespace semscope::app
