#pragma once

#include "semscope/figures/colour.hpp"
#include "semscope/figures/picture.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::figures {

/// A word and how much it counts.
struct WeightedWord {
    std::size_t semantic = 0;
    std::string word;
    double weight = 0;
};

/// The least unit of cloud_weights: ten times what probabilities differ by from one way of computing them to another
/// (incremental inference, other hardware), so that such differences do not scale all weights.
inline constexpr double least_weight_unit = 1e-4;

/// Weights of the classes with a positive value (a mean deviation, a count), heaviest first, equal weights by value and
/// then by index: weight = ceil(value / unit), at least the `percentile` (linear interpolation) of these weights, so
/// that the many light classes stay readable. The unit is the smallest positive value, or least_weight_unit where that
/// is larger. Class 0 and NaN never count.
/// `values` and `names` are indexed by class; throws InputError when their lengths differ or a value is infinite.
std::vector<WeightedWord> cloud_weights(std::span<const double> values, std::span<const std::string> names,
                                        double percentile = 45);

struct CloudOptions {
    Size size{600, 400};
    std::uint64_t seed = 0;          ///< varies the places, and with them the sizes that fit
    double relative_scaling = 0.35;  ///< how strongly sizes follow weights: 0 = not at all, 1 = proportional
    double smallest = 6;             ///< font sizes in points
    double largest = 0;              ///< 0 = 0.55 of the height
    std::uint64_t words = 0;         ///< the heaviest ones that are drawn; 0 = all
    double gap = 1.5;                ///< least distance between the glyphs of two words, in points
    std::string font{default_font};
};

/// A line of a word in its place.
struct PlacedLine {
    std::string text;
    Point baseline;  ///< where the text starts
};

/// A word in its place.
struct PlacedWord {
    std::size_t semantic = 0;
    std::string word;
    double weight = 0;
    double font_size = 0;
    Rgb colour;
    std::vector<PlacedLine> lines;  ///< one, or two of a name of several words
    Rect box;                       ///< what the glyphs cover
};

/// A word that is not in the cloud, and why.
struct UnplacedWord {
    std::size_t semantic = 0;
    std::string word;
    double weight = 0;
    std::string reason;
};

struct WordCloud {
    std::string scene;
    Size size;
    std::uint64_t seed = 0;
    std::string font;
    std::vector<PlacedWord> words;  ///< heaviest first
    std::vector<UnplacedWord> unplaced;
};

/// The ellipse that all glyphs of a cloud lie in, as its bounding rectangle.
Rect cloud_outline(Size size);

/// Places the words, upright, inside the ellipse, heaviest first from the middle outwards.
///
/// The font size of a word is that of the one before times (r * weight ratio + 1 - r), r = relative_scaling, rounded
/// down to half points, and never below `smallest`. Where a word finds no room, a name of several words is broken over
/// two lines; then it shrinks until it fits, and lighter words go on from there. Words of equal weight may thus differ;
/// the earlier one is never smaller. What finds no room at `smallest` is listed as unplaced. Glyphs lie inside the
/// ellipse and keep the gap to those of other words, or 0.22 of the font size side by side, but may reach into each
/// other's bays.
///
/// Several layouts are tried: five middles of the search, and sizes of the heaviest word from the largest at which it
/// fits alone, in steps of 6 %, as long as words are unplaced or the ink grows. Of those with the fewest unplaced words
/// the strongest is taken: ink times the square root of largest / smallest font size. The cloud follows from the
/// arguments alone: equal arguments give equal clouds (with the same font files). `words` must be sorted, heaviest
/// first, with positive weights; throws InputError otherwise.
WordCloud lay_out_cloud(std::string scene, std::span<const WeightedWord> words, const Palette& palette,
                        const CloudOptions& options = {});

/// The cloud as a picture on white. In SVG each word is a group of class "word" with data-word, data-semantic,
/// data-weight and data-font-size, and a text for each line.
Picture draw_word_cloud(WordCloud cloud);

/// The cloud as JSON: scene, width, height, unit, seed, font, words (word, semantic, weight, font_size, colour, lines,
/// box, placed) and unplaced (word, semantic, weight, placed, reason). Lengths are points; box is x, y, width, height.
std::string cloud_json(const WordCloud& cloud);

}  // namespace semscope::figures
