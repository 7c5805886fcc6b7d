#pragma once

#include <cstdint>
#include <string>

namespace semscope::figure {

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

}  // namespace semscope::figure
