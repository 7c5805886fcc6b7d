#pragma once

#include "semscope/figures/canvas.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace semscope::figures {

/// What to do when a file to be written exists.
enum class Overwrite { no, yes };

/// Writes a file in one step: the bytes go to a temporary file beside it, which is then renamed, so that nobody ever
/// sees half a picture. Folders above it are created.
/// Throws UsageError when the file exists and may not be replaced, IoError when writing fails; both name the path.
void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite);

enum class Format { png, svg, pdf };

/// "png", "svg" or "pdf". Throws UsageError for anything else.
Format format_of(std::string_view name);

/// "png", "svg" or "pdf".
std::string_view name_of(Format format);

/// Resolution of PNG files unless another is asked for: 2 pixels a point.
inline constexpr double default_dpi = 144;

/// Something that can be drawn: a size, a title for the file's metadata and the drawing. Draw it as often as needed.
struct Picture {
    Size size;
    std::string title;
    std::function<void(Canvas&)> draw;
};

/// The picture as the bytes of a file. Equal pictures give equal bytes: no dates, no names of programs.
///
/// PNG: eight-bit RGB on white, size times dpi / 72 pixels, rounded up. SVG: real text (`<text>` with the measured
/// length), numbers as data-* attributes and titles; `dpi` is ignored. PDF: real text in embedded fonts; `dpi` is
/// ignored. Throws UsageError for a dpi outside 10 to 1200, LibraryError when Cairo fails.
std::string render(const Picture& picture, Format format, double dpi = default_dpi);

/// Renders and writes; the format follows from the file name extension. Throws as render(), format_of() and
/// write_file().
void save(const Picture& picture, const std::filesystem::path& path, Overwrite overwrite, double dpi = default_dpi);

}  // namespace semscope::figures
