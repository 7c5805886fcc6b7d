#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::figures {

/// A colour as eight-bit sRGB.
struct Rgb {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

inline constexpr Rgb black{0, 0, 0};
inline constexpr Rgb white{255, 255, 255};

/// A colour in the perceptual space OKLab: equal distances look about equally different.
/// Source: B. Ottosson, "A perceptual color space for image processing", 2020.
struct Oklab {
    double lightness = 0;  ///< 0 black to 1 white
    double a = 0;          ///< green to red
    double b = 0;          ///< blue to yellow
};

Oklab to_oklab(Rgb colour);

/// The nearest eight-bit colour; channels outside sRGB are clamped.
Rgb from_oklab(const Oklab& colour);

/// Euclidean distance in OKLab. About 0.02 is just noticeable side by side.
double distance(const Oklab& one, const Oklab& other);

/// Contrast ratio of WCAG 2, from 1 (the same) to 21 (black on white). Text needs at least 4.5.
double contrast(Rgb one, Rgb other);

/// The colour with its OKLab lightness lowered until it has at least `ratio` contrast with white; unchanged when it
/// has.
Rgb darken_for_white(Rgb colour, double ratio);

/// "#rrggbb".
std::string hex(Rgb colour);

/// One fixed colour for each semantic class, for areas and for text.
///
/// Colours depend on the class index alone, never on the scene or on which other classes are drawn. Class 0,
/// unlabelled, is black.
class Palette {
  public:
    /// The usual palette of the 150 ADE20K classes (config/ade20k_palette150.txt, compiled in). As published, classes 7
    /// and 49 (road, skyscraper) share a grey; their text colours differ.
    static const Palette& ade20k();

    /// Distinguishable colours for any number of classes, including class 0. The first colours of a longer palette are
    /// those of a shorter one.
    static Palette generated(std::size_t classes);

    /// ADE20K for 151 classes (including class 0), generated otherwise.
    static Palette for_classes(std::size_t classes);

    /// A palette from the text of a table: lines `index red green blue [name]`, indices 1, 2, ... in order, # comments.
    /// Throws InputError that names `origin` and the line.
    static Palette parse(std::string_view table, std::string_view origin);

    /// Number of classes, including class 0.
    std::size_t size() const noexcept { return areas_.size(); }

    /// Colour for areas. Throws InputError for a class that the palette does not have.
    Rgb area(std::size_t index) const;

    /// Colour for words on white: contrast at least 4.5. It is the area's colour, darkened and moved as little as keeps
    /// it apart from the text colours of all lower classes. Throws InputError for a class that the palette does not
    /// have.
    Rgb text(std::size_t index) const;

  private:
    explicit Palette(std::vector<Rgb> areas);

    std::vector<Rgb> areas_;
    std::vector<Rgb> texts_;
};

}  // namespace semscope::figures
