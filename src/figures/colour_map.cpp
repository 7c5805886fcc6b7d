#include "semscope/figures/colour_map.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::figures {
namespace {

constexpr std::array<Rgb, 256> plasma_table{{
#include "plasma.inc"
}};

// Colours from www.colorbrewer.org by Cynthia A. Brewer, Geography, Pennsylvania State University.
constexpr std::array<Rgb, 11> red_blue_anchors{{{5, 48, 97},
                                                {33, 102, 172},
                                                {67, 147, 195},
                                                {146, 197, 222},
                                                {209, 229, 240},
                                                {247, 247, 247},
                                                {253, 219, 199},
                                                {244, 165, 130},
                                                {214, 96, 77},
                                                {178, 24, 43},
                                                {103, 0, 31}}};

std::uint8_t between(std::uint8_t low, std::uint8_t high, double share) {
    return static_cast<std::uint8_t>(std::lround(low + share * (high - low)));
}

std::array<Rgb, ColourMap::levels> resampled_plasma() {
    std::array<Rgb, ColourMap::levels> colours;
    for (std::size_t level = 0; level < colours.size(); ++level)
        colours[level] = plasma_table[std::min<std::size_t>(255, level * 256 / (ColourMap::levels - 1))];
    return colours;
}

std::array<Rgb, ColourMap::levels> interpolated_red_blue() {
    constexpr std::size_t pieces = red_blue_anchors.size() - 1;
    std::array<Rgb, ColourMap::levels> colours;
    for (std::size_t level = 0; level < colours.size(); ++level) {
        const double place = static_cast<double>(level * pieces) / (ColourMap::levels - 1);
        const std::size_t piece = std::min(pieces - 1, static_cast<std::size_t>(place));
        const double share = place - static_cast<double>(piece);
        const Rgb low = red_blue_anchors[piece], high = red_blue_anchors[piece + 1];
        colours[level] = {between(low.red, high.red, share), between(low.green, high.green, share),
                          between(low.blue, high.blue, share)};
    }
    return colours;
}

}  // namespace

ValueRange join(ValueRange one, ValueRange other) {
    return {std::min(one.low, other.low), std::max(one.high, other.high)};
}

ValueRange symmetric(ValueRange range) {
    const double magnitude = std::max(std::abs(range.low), std::abs(range.high));
    return {-magnitude, magnitude};
}

std::size_t ColourMap::level_of(double value, ValueRange range) {
    if (!(range.high > range.low)) return levels / 2;
    const double share = std::clamp((value - range.low) / (range.high - range.low), 0.0, 1.0);
    return std::min(levels - 1, static_cast<std::size_t>(share * levels));
}

const ColourMap& plasma() {
    static const ColourMap map(resampled_plasma());
    return map;
}

const ColourMap& diverging() {
    static const ColourMap map(interpolated_red_blue());
    return map;
}

}  // namespace semscope::figures
