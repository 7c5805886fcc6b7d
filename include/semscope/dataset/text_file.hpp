#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::dataset {

/// A line of a text file that is neither blank nor a comment, with its number, counted from 1.
struct Line {
    std::size_t number = 0;
    std::string text;
};

/// Reads a text file: strips a byte order mark, line ends of either kind and outer blanks; leaves out blank lines and
/// lines that start with '#'. Local. Throws InputError when the file is missing, unreadable or has no lines.
std::vector<Line> read_lines(const std::filesystem::path& path);

/// The fields of a line between tab characters, without outer blanks.
std::vector<std::string> split_tabs(std::string_view text);

/// The text without blanks, tabs and line ends at both ends.
std::string_view trim(std::string_view text);

/// "file:12", for messages.
std::string position(const std::filesystem::path& path, const Line& line);

}  // namespace semscope::dataset
