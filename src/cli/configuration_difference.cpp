#include "semscope/cli/configuration_difference.hpp"

#include "configuration.hpp"

#include <algorithm>
#include <sstream>

namespace semscope::cli {

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
        const std::string old_value = old == nullptr ? "(not recorded)" : *old;
        if (old_value != setting.value) found.push_back({setting.name, old_value, setting.value});
    }
    return found;
}

}  // namespace semscope::cli
