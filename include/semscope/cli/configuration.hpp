#pragma once

#include "semscope/core/errors.hpp"

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace semscope::cli {

/// One setting of a configuration file: `[data]` and `root = x` give {"data.root", "x", line}.
struct Setting {
    std::string name;
    std::string value;
    std::size_t line = 0;
};

/// Reads a configuration file: sections in brackets, `key = value` lines, comments from '#' at the start of a line or
/// after a blank. Adds what is not of this form to `problems`. Throws InputError when the file cannot be read.
std::vector<Setting> read_config_file(const std::filesystem::path& file, Problems& problems);

/// The same from text of another origin, which the problems name.
std::vector<Setting> parse_config(std::istream& stream, const std::string& origin, Problems& problems);

/// What stands for the former value of an option that there was not.
inline constexpr const char* not_recorded = "(not recorded)";

/// One option whose value is not what it was.
struct Difference {
    std::string name;  ///< run.batch
    std::string then;  ///< not_recorded when there was no such option
    std::string now;
};

/// Compares two configurations in the form of Options::resolved. Only the options in `now` count, which may be a part
/// of all (Options::resolved_results_only). In the order of `now`. Local, pure.
std::vector<Difference> differences(const std::string& then, const std::string& now);

/// Value of the option `name` in a configuration in the form of Options::resolved, "" when it is not there.
std::string recorded_value(const std::string& configuration, const std::string& name);

}  // namespace semscope::cli
