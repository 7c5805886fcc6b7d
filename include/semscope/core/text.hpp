#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What is read at most, so that no file makes a program ask for more memory than its own size justifies.
namespace semscope {

/// Scene classes: their confusion matrix alone takes 1 GiB then.
inline constexpr std::size_t maximum_scenes = 16384;

/// Semantic classes, unlabelled included: label maps hold 16 bits, and one value of them stays free.
inline constexpr std::size_t maximum_semantics = 65535;

/// Bytes of a path or name (PATH_MAX of Linux).
inline constexpr std::size_t maximum_name_bytes = 4096;

}  // namespace semscope

/// What may stand in names that come from files and go to terminals, file names and HDF5. All local, pure.
namespace semscope {

/// What keeps a text from being a name: "" when nothing does, else "is empty", "is not UTF-8 (byte 7)", "holds a
/// control character (byte 3: 0x1b)" or "is longer than 4096 bytes".
std::string problem_with_name(std::string_view name);

/// As problem_with_name; also "is an absolute path" and "leaves its folder by \"..\"", for a path below some root.
std::string problem_with_relative_path(std::string_view path);

/// As problem_with_name; also when the text cannot be the name of a file or folder ("..", a slash).
std::string problem_with_file_name(std::string_view name);

/// The text as it may be shown: control characters and bytes that are not UTF-8 as \x1b, so that no file can move the
/// cursor or forge a line. With `lines` line feeds stay.
std::string printable(std::string_view text, bool lines = false);

/// The same in quotes, and not more than about 200 bytes of it, for messages.
std::string quote(std::string_view text);

/// The candidates that somebody may have meant by `name`, likeliest first, at most `most`: those that contain it, then
/// those whose Levenshtein distance to it is at most a third of its length. Local, pure.
std::vector<std::string> similar_names(const std::string& name, std::span<const std::string> candidates,
                                       std::size_t most = 3);

/// "; nearest: a, b", or "" when nothing is near: the end of a message on an unknown name.
std::string suggest(const std::string& name, std::span<const std::string> candidates);

/// Pairs of a key and a value, in the order they were given.
using KeyValues = std::vector<std::pair<std::string, std::string>>;

/// Reads "key=value,key=value". Blanks around keys and values do not count; "" gives no pairs. Nothing is returned when
/// the text has another form: a pair without "=", an empty key or value, a key given twice.
std::optional<KeyValues> parse_key_values(std::string_view text);

}  // namespace semscope
