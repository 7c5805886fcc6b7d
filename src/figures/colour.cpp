#include "semscope/figures/colour.hpp"

#include "ade20k_palette.hpp"
#include "semscope/core/errors.hpp"
#include "spread_colours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <utility>

namespace semscope::figures {
namespace {

double linear_of(std::uint8_t channel) {
    const double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

std::uint8_t channel_of(double linear) {
    const double clamped = std::clamp(linear, 0.0, 1.0);
    const double value = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * std::pow(clamped, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(value * 255));
}

double luminance(Rgb colour) {
    return 0.2126 * linear_of(colour.red) + 0.7152 * linear_of(colour.green) + 0.0722 * linear_of(colour.blue);
}

double cube(double value) { return value * value * value; }

}  // namespace

Oklab to_oklab(Rgb colour) {
    const double red = linear_of(colour.red), green = linear_of(colour.green), blue = linear_of(colour.blue);
    const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Rgb from_oklab(const Oklab& colour) {
    const double l = cube(colour.lightness + 0.3963377774 * colour.a + 0.2158037573 * colour.b);
    const double m = cube(colour.lightness - 0.1055613458 * colour.a - 0.0638541728 * colour.b);
    const double s = cube(colour.lightness - 0.0894841775 * colour.a - 1.2914855480 * colour.b);
    return {channel_of(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            channel_of(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            channel_of(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

double distance(const Oklab& one, const Oklab& other) {
    return std::hypot(one.lightness - other.lightness, one.a - other.a, one.b - other.b);
}

double contrast(Rgb one, Rgb other) {
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

Rgb darken_for_white(Rgb colour, double ratio) {
    Oklab shade = to_oklab(colour);
    while (contrast(colour, white) < ratio && shade.lightness > 0) {
        shade.lightness -= 0.005;
        colour = from_oklab(shade);
    }
    return colour;
}

std::string hex(Rgb colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }
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
    // More can neither be told apart nor found in reasonable time: from there on they come again.
    constexpr std::size_t most = 1024;
    std::vector<Rgb> areas{black};
    if (classes > 1) {
        const std::vector<Rgb> spread = spread_area_colours(std::min(classes - 1, most));
        areas.insert(areas.end(), spread.begin(), spread.end());
    }
    Palette palette(std::move(areas));
    for (std::size_t i = palette.areas_.size(); i < classes; ++i) {
        palette.areas_.push_back(palette.areas_[i - most]);
        palette.texts_.push_back(palette.texts_[i - most]);
    }
    return palette;
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

}  // namespace semscope::figures
