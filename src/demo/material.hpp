#pragma once

#include "canvas.hpp"
#include "semscope/demo/random_stream.hpp"

namespace semscope::demo {

/// Smooth value noise of unit period in [0, 1]. Always the same function: vary it by shifting the coordinates.
float noise(float u, float v);

/// `octaves` layers of noise, each of twice the frequency and half the weight of the one before; in [0, 1].
float fractal_noise(float u, float v, int octaves);

/// A procedural surface: a colour for each (u, v), in metres along the surface.
struct Material {
    enum class Kind { plain, wood, planks, tiles, bricks, stripes, fabric, metal, stone };

    Kind kind = Kind::plain;
    Colour base{0.5F, 0.5F, 0.5F};
    Colour accent{0.4F, 0.4F, 0.4F};  ///< grain, joints or second stripe
    float scale = 0.3F;               ///< size in metres of a tile, plank, brick or stripe
    float shift = 0.0F;               ///< moves the pattern, so that no two surfaces are alike

    Colour at(float u, float v) const;
};

Colour hsv(float hue, float saturation, float value);
/// A colour with each of hue, saturation and value drawn from its range.
struct Range {
    float low, high;
};
Colour random_colour(RandomStream& random, Range hue, Range saturation, Range value);
Colour mix(const Colour& a, const Colour& b, float t);

// Colours that any scene and any class may have, so that a colour alone tells little.
Colour wall_colour(RandomStream& random);
Colour vivid_colour(RandomStream& random);
Colour wood_colour(RandomStream& random);
Colour appliance_colour(RandomStream& random);
Colour leaf_colour(RandomStream& random);

Material plain(RandomStream& random, const Colour& base);
Material wood(RandomStream& random);
Material metal(RandomStream& random, const Colour& base);
Material textile(RandomStream& random, const Colour& base);  ///< woven or striped
/// Wood or paint, as furniture of every room has.
Material furniture(RandomStream& random);
Material wall_covering(RandomStream& random);
Material floor_covering(RandomStream& random);

}  // namespace semscope::demo
