#include "semscope/figures/text.hpp"

#include <algorithm>
#include <cstdint>

namespace semscope::figures {
namespace {

/// Length of the UTF-8 sequence that starts at `start`, 0 when it is invalid.
std::size_t sequence_length(std::string_view text, std::size_t start) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[start + i]); };
    const std::uint8_t first = byte(0);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    if (length == 0 || start + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    // Overlong forms, surrogates and values past U+10FFFF.
    const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
    const bool reserved = (first == 0xED && byte(1) >= 0xA0) || (first == 0xF4 && byte(1) >= 0x90);
    return overlong || reserved ? 0 : length;
}

std::string without_last_character(std::string text) {
    while (!text.empty() && (static_cast<std::uint8_t>(text.back()) & 0xC0) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
    return text;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text, i);
        if (length == 0)
            clean += "\xEF\xBF\xBD";
        else if (length == 1 && (static_cast<std::uint8_t>(text[i]) < 0x20 || text[i] == 0x7F))
            clean += ' ';
        else
            clean += text.substr(i, length);
        i += std::max<std::size_t>(1, length);
    }
    return clean;
}

std::string short_name(std::string_view name) {
    const std::string_view first = name.substr(0, name.find(','));
    const std::size_t begin = first.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::string(name);
    return std::string(first.substr(begin, first.find_last_not_of(' ') - begin + 1));
}

std::string shorten(const std::string& text, const Font& font, double width) {
    if (measure(text, font).width <= width) return text;
    std::string start = printable(text);
    while (!start.empty() && measure(start + "…", font).width > width) start = without_last_character(start);
    return start + "…";
}

std::vector<std::string> wrap(const std::string& text, const Font& font, double width) {
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        const std::string longer = line.empty() ? word : line + " " + word;
        if (!line.empty() && measure(longer, font).width > width) {
            lines.push_back(line);
            line = word;
        } else {
            line = longer;
        }
        begin = end + 1;
    }
    lines.push_back(line);
    return lines;
}

}  // namespace semscope::figures
