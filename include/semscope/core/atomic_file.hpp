#pragma once

#include <filesystem>
#include <string_view>

namespace semscope {

/// Writes a file in one step: the bytes go to a temporary file beside it, which is then renamed, so that nobody ever
/// sees half a file, whatever ends the program. Replaces what is there; folders above it are created. Local.
/// Throws IoError that names the path.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Whether a file has the name of such a temporary file: one that write_file_atomically() left when it was killed.
bool is_temporary_name(const std::filesystem::path& path);

}  // namespace semscope
