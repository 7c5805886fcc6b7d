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

}  // namespace semscope::cli
