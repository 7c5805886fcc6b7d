#pragma once

#include <filesystem>
#include <string_view>

namespace semscope::figure {

/// What to do when a file to be written exists.
enum class Overwrite { no, yes };

/// Writes a file in one step: the bytes go to a temporary file beside it, which is then renamed, so that nobody ever
/// sees half a picture. Folders above it are created.
/// Throws UsageError when the file exists and may not be replaced, IoError when writing fails; both name the path.
void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite);

}  // namespace semscope::figure
