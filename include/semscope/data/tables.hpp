#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace semscope::data {

/// A line of a text file that is neither blank nor a comment, with its number, counted from 1.
struct Line {
    std::uint64_t number = 0;
    std::string text;
};

/// Bytes of a line that is read.
inline constexpr std::size_t maximum_line_bytes = 65536;

/// Bytes of the name of a scene or class: it names files of figures, with an ending and more, and stands in them.
inline constexpr std::size_t maximum_drawn_name_bytes = 200;

/// A line that starts with '#'.
bool is_comment(std::string_view text);

/// Reads a text file of any length in blocks: strips a byte order mark, line ends of either kind and outer blanks;
/// leaves out blank lines and comments. Calls `visit(number, text)` for each line, the text living as
/// long as the call, until that returns false. Local. Throws InputError when the file is missing, no regular file,
/// unreadable, UTF-16, has no lines, or has one that is longer than maximum_line_bytes.
void for_each_line(const std::filesystem::path& path,
                   const std::function<bool(std::uint64_t number, std::string_view text)>& visit,
                   bool (*is_left_out)(std::string_view) = is_comment);

/// The lines of a table, which are never many: throws InputError, besides, when there are more than 200000.
std::vector<Line> read_lines(const std::filesystem::path& path);

/// The fields of a line between tab characters, without outer blanks.
std::vector<std::string> split_tabs(std::string_view text);

/// The text without blanks, tabs and line ends at both ends.
std::string_view trim(std::string_view text);

/// "file:12", for messages.
std::string position(const std::filesystem::path& path, const Line& line);
std::string position(const std::filesystem::path& path, std::uint64_t number);

/// The scene classes, C of them, in the order of the network's output.
class SceneNames {
  public:
    explicit SceneNames(std::vector<std::string> names);

    const std::vector<std::string>& names() const noexcept { return names_; }
    std::size_t size() const noexcept { return names_.size(); }

    /// Index of a scene; nothing when there is none of this name. Accepts the folder form (apartment_building-outdoor)
    /// and the list form (/a/apartment_building/outdoor).
    std::optional<std::int32_t> find(std::string_view name) const;

  private:
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::int32_t> index_;
};

/// A scene name in its folder form: `/a/apartment_building/outdoor` becomes `apartment_building-outdoor`.
std::string scene_folder_name(std::string_view name);

/// Reads scene names: Places365 format (`/a/airfield 0`, the index being the line's place) or one name a line, which
/// may end with a number where not all do. Local. Throws InputError naming file and line on gaps, double names, indices
/// out of order, and names that cannot name a folder: "..", control characters, no UTF-8, more than
/// maximum_drawn_name_bytes bytes. From 2 to 16384 scenes.
SceneNames read_scene_names(const std::filesystem::path& path);

/// What stands for the name of a class whose number is left out in the table: "unnamed 12". No label map may hold it.
std::string unnamed_class(std::size_t index);

/// Reads the table of semantic classes: `index<TAB>name` (or with a comma or blank between them), from 1 upwards, a
/// header line allowed; of more columns the one headed "Name" counts. Numbers that are left out become unnamed_class().
/// Element 0 of the result is "unlabelled", so that S = result.size(), at most maximum_semantics. Two classes may have
/// one name: everything counts by index. Local. Throws InputError naming file and line; also for names with control
/// characters, that are not UTF-8 or longer than 4096 bytes.
std::vector<std::string> read_semantic_names(const std::filesystem::path& path);

}  // namespace semscope::data
