#pragma once

#include "semscope/figures/geometry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace semscope::figures {

/// Family that pictures are set in unless another is asked for.
inline constexpr std::string_view default_font = "DejaVu Sans";

struct Font {
    std::string family{default_font};
    double size = 10;  ///< in points
    bool bold = false;
};

/// Extent of one line of text, in points, with the origin at the start of its baseline.
struct TextExtents {
    double width = 0;    ///< advance: where the next word would begin
    double ascent = 0;   ///< of the font, above the baseline
    double descent = 0;  ///< of the font, below the baseline
    Rect ink;            ///< what the glyphs cover; y is negative above the baseline
};

/// Measures a line of text as every canvas draws it, whatever the format and resolution (nothing is hinted).
TextExtents measure(const std::string& text, const Font& font);

/// The family that fontconfig gives for the requested one: another name when the requested one is not installed.
std::string installed_family(const std::string& family);

/// Text as drawn: invalid UTF-8 replaced by U+FFFD and control characters by blanks.
std::string printable(std::string_view text);

/// A class name as written in pictures: the first of the comma-separated names ("windowpane, window" -> "windowpane").
std::string short_name(std::string_view name);

/// The text, or as much of its beginning as fits into `width` with "..." behind it.
std::string shorten(const std::string& text, const Font& font, double width);

/// The text broken at blanks into lines of at most `width`; a word that is wider stands alone.
std::vector<std::string> wrap(const std::string& text, const Font& font, double width);

}  // namespace semscope::figures
