#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::dataset {

/// A line of a text file that is neither blank nor a comment, with its number, counted from 1.
struct Line {
    std::uint64_t number = 0;
    std::string text;
};

/// Bytes of a line that is read.
inline constexpr std::size_t longest_line = 65536;

/// Reads a text file of any length in blocks: strips a byte order mark, line ends of either kind and outer blanks;
/// leaves out blank lines and lines that start with '#'. Calls `visit(number, text)` for each line, the text living as
/// long as the call, until that returns false. Local. Throws InputError when the file is missing, no regular file,
/// unreadable, has no lines, or has one that is longer than longest_line.
void for_each_line(const std::filesystem::path& path,
                   const std::function<bool(std::uint64_t number, std::string_view text)>& visit);

/// The lines of a table, which are never many: throws InputError, besides, when there are more than 200000.
std::vector<Line> read_lines(const std::filesystem::path& path);

/// The fields of a line between tab characters, without outer blanks.
std::vector<std::string> split_tabs(std::string_view text);

/// The text without blanks, tabs and line ends at both ends.
std::string_view trim(std::string_view text);

/// "file:12", for messages.
std::string position(const std::filesystem::path& path, const Line& line);
std::string position(const std::filesystem::path& path, std::uint64_t number);

}  // namespace semscope::dataset
