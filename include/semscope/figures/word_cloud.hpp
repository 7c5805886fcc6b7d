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

/// Weights of the classes with a positive value (a mean deviation, a count), heaviest first, equal weights by value and
/// then by index: weight = ceil(value / smallest positive value), at least the `percentile` (linear interpolation) of
/// these weights, so that the many light classes stay readable. Class 0 and NaN never count.
/// `values` and `names` are indexed by class; throws InputError when their lengths differ or a value is infinite.
std::vector<WeightedWord> cloud_weights(std::span<const double> values, std::span<const std::string> names,
                                        double percentile = 45);

struct CloudOptions {
    Size size{600, 400};
    std::uint64_t seed = 0;          ///< varies the places, never sizes or colours
    double relative_scaling = 0.35;  ///< how strongly sizes follow weights: 0 = by rank only, 1 = proportional
    double smallest = 6;             ///< font sizes in points
    double largest = 140;
    double gap = 1.5;  ///< least distance between the glyphs of two words, in points
    std::string font{default_font};
};

/// A word in its place.
struct PlacedWord {
    std::size_t semantic = 0;
    std::string word;
    double weight = 0;
    double font_size = 0;
    Rgb colour;
    Point baseline;  ///< where the text starts
    Rect box;        ///< what the glyphs cover
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
/// The font size of a word is that of the one before times (r * weight ratio + 1 - r), r = relative_scaling: equal
/// weights have equal sizes, a heavier word is larger. All sizes together are as large as lets every word be placed
/// (searched downwards in steps of 4 %); where that would make the lightest smaller than `smallest`, what finds no room
/// is listed as unplaced. Glyphs of two words keep the gap, or two fifths of the font size side by side, but may reach
/// into each other's bays. The places follow from the arguments alone: equal arguments give equal clouds (with the same
/// font files). `words` must be sorted, heaviest first, with positive weights; throws InputError otherwise.
WordCloud lay_out_cloud(std::string scene, std::span<const WeightedWord> words, const Palette& palette,
                        const CloudOptions& options = {});

/// The cloud as a picture on white. In SVG each word is a group of class "word" with data-word, data-semantic,
/// data-weight and data-font-size.
Picture draw_word_cloud(WordCloud cloud);

/// The cloud as JSON: scene, width, height, unit, seed, font, words (word, semantic, weight, font_size, colour, box,
/// placed) and unplaced (word, semantic, weight, placed, reason). Lengths are points; box is x, y, width, height.
std::string cloud_json(const WordCloud& cloud);

}  // namespace semscope::figures
