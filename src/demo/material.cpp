#include "material.hpp"

#include "semscope/demo/random_stream.hpp"

#include <cmath>
#include <vector>

namespace semscope::demo {
namespace {

constexpr int table_size = 256;  // a power of two: coordinates wrap by masking

std::vector<float> make_table() {
    RandomStream random(0, Purpose::noise);
    std::vector<float> table(static_cast<std::size_t>(table_size) * table_size);
    for (float& value : table) value = random.unit();
    return table;
}

float smooth(float t) { return t * t * (3.0F - 2.0F * t); }

}  // namespace

float noise(float u, float v) {
    static const std::vector<float> table = make_table();
    const float floor_u = std::floor(u);
    const float floor_v = std::floor(v);
    const int x0 = static_cast<int>(floor_u) & (table_size - 1);
    const int y0 = static_cast<int>(floor_v) & (table_size - 1);
    const int x1 = (x0 + 1) & (table_size - 1);
    const int y1 = (y0 + 1) & (table_size - 1);
    const auto at = [&](int x, int y) { return table[static_cast<std::size_t>(y) * table_size + x]; };
    const float tu = smooth(u - floor_u);
    const float tv = smooth(v - floor_v);
    const float upper = at(x0, y0) + tu * (at(x1, y0) - at(x0, y0));
    const float lower = at(x0, y1) + tu * (at(x1, y1) - at(x0, y1));
    return upper + tv * (lower - upper);
}

float fractal_noise(float u, float v, int octaves) {
    float sum = 0.0F, weight = 1.0F, total = 0.0F;
    for (int octave = 0; octave < octaves; ++octave) {
        sum += weight * noise(u, v);
        total += weight;
        weight *= 0.5F;
        u = 2.0F * u + 17.3F;  // the shift keeps the lattices of the octaves from lining up
        v = 2.0F * v + 31.7F;
    }
    return sum / total;
}
namespace {

float fraction(float value) { return value - std::floor(value); }

/// 0 inside a cell of unit size, 1 on the joint around it; `width` is the joint's share of the cell.
float joint(float u, float v, float width) {
    const float du = std::abs(fraction(u) - 0.5F);
    const float dv = std::abs(fraction(v) - 0.5F);
    return std::clamp((std::max(du, dv) - (0.5F - width)) / width, 0.0F, 1.0F);
}

float wood_grain(float u, float v) {
    const float bend = 0.6F * noise(u * 1.5F, v * 3.0F);
    const float fine = noise(u * 4.0F, v * 60.0F);
    return 0.5F * fraction(6.0F * (v * 4.0F + bend)) + 0.5F * fine;
}

/// Rows of cells, each row shifted against the one before: planks and bricks.
Colour courses(const Material& m, float u, float v, float length, float joint_width, float variation) {
    const float row = std::floor(v / m.scale);
    const float along = u / (m.scale * length) + 0.37F * row;
    const float tone = noise(std::floor(along) * 7.7F + m.shift, row * 5.3F);
    const Colour cell = m.base * (1.0F - variation + 2.0F * variation * tone);
    return mix(cell, m.accent, joint(along, v / m.scale, joint_width));
}

}  // namespace

Colour mix(const Colour& a, const Colour& b, float t) { return a + t * (b - a); }

Colour Material::at(float u, float v) const {
    const float mottle = 0.94F + 0.12F * fractal_noise(u * 5.0F + shift, v * 5.0F + shift, 2);
    switch (kind) {
        case Kind::plain:
            return base * mottle;
        case Kind::wood:
            return mix(base, accent, 0.55F * wood_grain(u + shift, v + shift));
        case Kind::planks: {
            const Colour grain = courses(*this, u, v, 9.0F, 0.03F, 0.22F);
            return grain * (0.9F + 0.2F * noise(u * 6.0F, v * 40.0F));
        }
        case Kind::tiles: {
            const float checker =
                fraction(0.5F * (std::floor(u / scale) + std::floor(v / scale))) > 0.25F ? 0.95F : 1.05F;
            return mix(base * checker, accent, joint(u / scale, v / scale, 0.05F)) * mottle;
        }
        case Kind::bricks:
            return courses(*this, u, v, 2.6F, 0.08F, 0.15F) * mottle;
        case Kind::stripes:
            return (fraction((u + shift) / scale) < 0.5F ? base : accent) * mottle;
        case Kind::fabric:
            return mix(base, accent, 0.8F * fractal_noise(u * 14.0F + shift, v * 14.0F, 3)) * mottle;
        case Kind::metal:
            return base * (0.86F + 0.2F * noise(u * 3.0F + shift, v * 0.8F) + 0.06F * noise(u, v * 70.0F));
        case Kind::stone:
            return mix(base, accent, fractal_noise(u * 3.0F + shift, v * 3.0F, 4));
    }
    return base;
}

Colour hsv(float hue, float saturation, float value) {
    const float h = 6.0F * fraction(hue);
    const auto channel = [&](float offset) {
        const float k = std::fmod(offset + h, 6.0F);
        return value * (1.0F - saturation * std::clamp(std::min(k, 4.0F - k), 0.0F, 1.0F));
    };
    return {channel(5.0F), channel(3.0F), channel(1.0F)};
}

Colour random_colour(RandomStream& random, Range hue, Range saturation, Range value) {
    // One draw after the other: the order in which a compiler evaluates arguments is its own affair.
    const float h = random.uniform(hue.low, hue.high);
    const float s = random.uniform(saturation.low, saturation.high);
    const float v = random.uniform(value.low, value.high);
    return hsv(h, s, v);
}

Colour wall_colour(RandomStream& random) {
    const Range hue = random.chance(0.6F) ? Range{0.04F, 0.16F} : Range{0.3F, 0.66F};
    return random_colour(random, hue, {0.03F, 0.3F}, {0.64F, 0.94F});
}

Colour vivid_colour(RandomStream& random) {
    return random_colour(random, {-0.06F, 0.7F}, {0.25F, 0.8F}, {0.3F, 0.88F});
}

Colour wood_colour(RandomStream& random) { return random_colour(random, {0.05F, 0.1F}, {0.35F, 0.65F}, {0.32F, 0.8F}); }

Colour appliance_colour(RandomStream& random) {
    if (random.chance(0.2F)) return random_colour(random, {-0.05F, 0.65F}, {0.2F, 0.55F}, {0.5F, 0.85F});
    return random_colour(random, {0.0F, 1.0F}, {0.0F, 0.06F}, {0.62F, 0.95F});
}

Colour leaf_colour(RandomStream& random) { return random_colour(random, {0.2F, 0.37F}, {0.4F, 0.7F}, {0.28F, 0.58F}); }

Material plain(RandomStream& random, const Colour& base) {
    return {Material::Kind::plain, base, base * 0.8F, 0.3F, random.uniform(0.0F, 100.0F)};
}

Material wood(RandomStream& random) {
    const Colour base = wood_colour(random);
    return {Material::Kind::wood, base, base * random.uniform(0.45F, 0.75F), 0.3F, random.uniform(0.0F, 100.0F)};
}

Material metal(RandomStream& random, const Colour& base) {
    return {Material::Kind::metal, base, base * 0.8F, 0.3F, random.uniform(0.0F, 100.0F)};
}

Material textile(RandomStream& random, const Colour& base) {
    const auto kind = random.chance(0.4F) ? Material::Kind::stripes : Material::Kind::fabric;
    const Colour accent =
        random.chance(0.5F) ? base * random.uniform(0.55F, 0.85F) : mix(base, vivid_colour(random), 0.6F);
    return {kind, base, accent, random.uniform(0.12F, 0.4F), random.uniform(0.0F, 100.0F)};
}

Material furniture(RandomStream& random) {
    if (random.chance(0.65F)) return wood(random);
    return plain(random, random.chance(0.5F) ? wall_colour(random) : appliance_colour(random));
}

Material wall_covering(RandomStream& random) {
    const Colour base = wall_colour(random);
    const float shift = random.uniform(0.0F, 100.0F);
    const float choice = random.unit();
    if (choice < 0.55F) return {Material::Kind::plain, base, base, 1.0F, shift};
    if (choice < 0.72F)
        return {Material::Kind::stripes, base, base * random.uniform(0.88F, 0.96F), random.uniform(0.2F, 0.5F), shift};
    if (choice < 0.87F) return {Material::Kind::tiles, base, base * 0.8F, random.uniform(0.18F, 0.32F), shift};
    const Colour brick = mix(hsv(0.03F, 0.5F, 0.7F), base, random.uniform(0.2F, 0.9F));
    return {Material::Kind::bricks, brick, mix(brick, {0.85F, 0.83F, 0.8F}, 0.6F), random.uniform(0.09F, 0.14F), shift};
}

Material floor_covering(RandomStream& random) {
    const float shift = random.uniform(0.0F, 100.0F);
    const float choice = random.unit();
    if (choice < 0.45F) {
        const Colour base = wood_colour(random);
        return {Material::Kind::planks, base, base * 0.5F, random.uniform(0.1F, 0.2F), shift};
    }
    const float dark = random.uniform(0.55F, 0.95F);
    const Colour base = wall_colour(random) * dark;
    if (choice < 0.75F)
        return {Material::Kind::tiles, base, base * random.uniform(0.65F, 0.85F), random.uniform(0.3F, 0.6F), shift};
    if (choice < 0.88F) return {Material::Kind::stone, base, base * 0.75F, 1.0F, shift};
    return {Material::Kind::fabric, base, base * 0.75F, 1.0F, shift};
}

}  // namespace semscope::demo
