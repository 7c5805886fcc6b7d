#pragma once

#include <string>
#include <string_view>

/// What may stand in names that come from files and go to terminals, file names and HDF5. All local, pure.
namespace semscope {

/// What keeps a text from being a name: "" when nothing does, else "is empty", "is not UTF-8 (byte 7)", "holds a
/// control character (byte 3: 0x1b)" or "is longer than 4096 bytes".
std::string judge_name(std::string_view name);

/// As judge_name; also "is an absolute path" and "leaves its folder by \"..\"", for a path below some root.
std::string judge_relative_path(std::string_view path);

/// As judge_name; also when the text cannot be the name of a file or folder ("..", a slash).
std::string judge_file_name(std::string_view name);

/// The text as it may be shown: control characters and bytes that are not UTF-8 as \x1b, so that no file can move the
/// cursor or forge a line. With `lines` line feeds stay.
std::string printable(std::string_view text, bool lines = false);

/// The same in quotes, and not more than about 200 bytes of it, for messages.
std::string quote(std::string_view text);

}  // namespace semscope
