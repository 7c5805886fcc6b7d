#include "spread_colours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::figures {
namespace {

constexpr double text_contrast = 4.5;
// Target distance between text colours; with 150 classes the dark part of sRGB does not hold more.
constexpr double text_distance = 0.06;
constexpr double minimum_text_lightness = 0.3;

struct Candidate {
    Rgb colour;
    Oklab place;
    double nearest = std::numeric_limits<double>::infinity();  ///< distance to the nearest colour chosen so far
};

/// A grid over the sRGB cube: channel values 0, step, ... 255.
template <class Accept>
std::vector<Candidate> grid(int step, Accept&& accept) {
    std::vector<Candidate> candidates;
    for (int red = 0; red <= 255; red += step)
        for (int green = 0; green <= 255; green += step)
            for (int blue = 0; blue <= 255; blue += step) {
                const Rgb colour{static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                                 static_cast<std::uint8_t>(blue)};
                if (accept(colour)) candidates.push_back({colour, to_oklab(colour)});
            }
    return candidates;
}

/// Neither so dark that it passes for unlabelled, nor so light that it passes for paper, nor glaring.
bool suits_areas(Rgb colour) {
    const Oklab place = to_oklab(colour);
    return place.lightness >= 0.42 && place.lightness <= 0.92 && std::hypot(place.a, place.b) <= 0.19;
}

/// Readable on white, and not so dark that it passes for black.
bool suits_text(Rgb colour) {
    return contrast(colour, white) >= text_contrast && to_oklab(colour).lightness >= minimum_text_lightness;
}

void choose(std::vector<Candidate>& candidates, Rgb colour) {
    const Oklab place = to_oklab(colour);
    for (Candidate& candidate : candidates)
        candidate.nearest = std::min(candidate.nearest, distance(candidate.place, place));
}

const Candidate& farthest(const std::vector<Candidate>& candidates) {
    return *std::max_element(candidates.begin(), candidates.end(),
                             [](const Candidate& one, const Candidate& other) { return one.nearest < other.nearest; });
}

double nearest_distance(const std::vector<Rgb>& colours, const Oklab& place) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const Rgb colour : colours) nearest = std::min(nearest, distance(to_oklab(colour), place));
    return nearest;
}

Rgb move_apart(const std::vector<Candidate>& candidates, const Oklab& wish) {
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates)
        if (candidate.nearest >= text_distance &&
            (best == nullptr || distance(candidate.place, wish) < distance(best->place, wish)))
            best = &candidate;
    return best != nullptr ? best->colour : farthest(candidates).colour;
}

}  // namespace

std::vector<Rgb> spread_area_colours(std::size_t count) {
    std::vector<Candidate> candidates = grid(15, suits_areas);
    for (const Rgb taken : {black, white}) choose(candidates, taken);
    std::vector<Rgb> colours;
    while (colours.size() < count) {
        colours.push_back(farthest(candidates).colour);
        choose(candidates, colours.back());
    }
    return colours;
}

std::vector<Rgb> spread_text_colours(const std::vector<Rgb>& wishes) {
    std::vector<Candidate> candidates = grid(15, suits_text);
    std::vector<Rgb> colours;
    for (const Rgb wish : wishes) {
        const Rgb dark = darken_for_white(wish, text_contrast);
        const bool apart = suits_text(dark) && nearest_distance(colours, to_oklab(dark)) >= text_distance;
        colours.push_back(apart ? dark : move_apart(candidates, to_oklab(dark)));
        choose(candidates, colours.back());
    }
    return colours;
}

}  // namespace semscope::figures
