#include "semscope/figure/palette.hpp"

#include "ade20k_palette.hpp"
#include "semscope/base/error.hpp"
#include "spread_colours.hpp"

#include <fmt/format.h>

#include <sstream>
#include <string>
#include <utility>

namespace semscope::figure {
namespace {

constexpr std::size_t ade20k_classes = 151;

bool is_channel(int value) { return value >= 0 && value <= 255; }

/// The colour of one table line. Throws InputError unless it is `expected red green blue ...`.
Rgb parse_line(const std::string& line, std::size_t expected, const std::string& place) {
    std::istringstream fields(line);
    std::size_t index = 0;
    int red = -1, green = -1, blue = -1;
    if (!(fields >> index >> red >> green >> blue) || !is_channel(red) || !is_channel(green) || !is_channel(blue))
        throw InputError(fmt::format("{}: expected `index red green blue [name]`, found \"{}\"", place, line));
    if (index != expected)
        throw InputError(fmt::format("{}: expected the colour of class {}, found class {}", place, expected, index));
    return {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(blue)};
}

}  // namespace

Palette::Palette(std::vector<Rgb> areas) : areas_(std::move(areas)), texts_(spread_text_colours(areas_)) {}

Palette Palette::parse(std::string_view table, std::string_view origin) {
    std::vector<Rgb> areas{black};
    std::istringstream lines{std::string(table)};
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos || line.front() == '#') continue;
        areas.push_back(parse_line(line, areas.size(), fmt::format("{}:{}", origin, number)));
    }
    return Palette(std::move(areas));
}

const Palette& Palette::ade20k() {
    static const Palette palette = parse(ade20k_palette_table, "ade20k_palette150.txt");
    return palette;
}

Palette Palette::generated(std::size_t classes) {
    std::vector<Rgb> areas{black};
    if (classes > 1) {
        const std::vector<Rgb> spread = spread_area_colours(classes - 1);
        areas.insert(areas.end(), spread.begin(), spread.end());
    }
    return Palette(std::move(areas));
}

Palette Palette::for_classes(std::size_t classes) { return classes == ade20k_classes ? ade20k() : generated(classes); }

Rgb Palette::area(std::size_t index) const {
    if (index >= areas_.size())
        throw InputError(fmt::format("class {} has no colour: the palette has {} classes", index, areas_.size()));
    return areas_[index];
}

Rgb Palette::text(std::size_t index) const {
    area(index);  // for its check
    return texts_[index];
}

}  // namespace semscope::figure
