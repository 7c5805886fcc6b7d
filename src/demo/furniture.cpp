#include "furniture.hpp"

#include "noise.hpp"
#include "solids.hpp"

#include <cmath>
#include <numbers>

namespace semscope::demo {
namespace {

void draw_legs(Stage& stage, float x, float z, float w, float d, float h, Semantic semantic, const Material& material) {
    constexpr float thick = 0.06F;
    for (const float depth : {z + d - thick, z})
        for (const float side : {-1.0F, 1.0F})
            solid(stage, {x + side * (w - thick) / 2, 0, depth, thick, h, thick}, semantic, material);
}

void draw_leaf(Stage& stage, Point root, float angle, float size, const Colour& colour) {
    const Point along(std::cos(angle), std::sin(angle));
    const Point across(-along.y, along.x);
    Polygon leaf;
    for (int i = 0; i < 14; ++i) {
        const float t = 2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / 14.0F;
        const float taper = 0.2F * std::sin(t) * (1.0F - 0.3F * std::cos(t));
        leaf.push_back(root + along * (size * (0.5F - 0.5F * std::cos(t))) + across * (size * taper));
    }
    stage.canvas.paint(leaf, Semantic::plant, [&](float px, float py) {
        const Point p = Point(px, py) - root;
        const float vein = std::abs(p.dot(across)) < 0.6F ? 1.2F : 1.0F;
        return colour * (vein * (0.75F + 0.4F * p.dot(along) / size));
    });
}

}  // namespace

void draw_cabinet(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material body = furniture(random);
    const float w = random.uniform(0.75F, 1.15F), h = random.uniform(0.75F, 1.15F), d = stage.depth - z;
    ground_shadow(stage, x, z, w, d);
    solid(stage, {x, 0, z, w, h, d}, Semantic::cabinet, body);
    const int columns = random.integer(1, 2), rows = random.integer(1, 3);
    const Material door{body.kind, body.base * 0.96F, body.accent * 0.96F, body.scale, body.shift + 7.0F};
    const float cell_w = w / static_cast<float>(columns), cell_h = (h - 0.08F) / static_cast<float>(rows);
    for (int column = 0; column < columns; ++column)
        for (int row = 0; row < rows; ++row) {
            const float cx = x - w / 2 + cell_w * (static_cast<float>(column) + 0.5F);
            const float cy = 0.06F + cell_h * static_cast<float>(row);
            framed_panel(stage, cx, cy, z - 0.01F, cell_w - 0.05F, cell_h - 0.05F, Semantic::cabinet, door,
                         body.base * 0.62F, 0.02F);
            panel(stage, cx, cy + cell_h * 0.7F, z - 0.02F, 0.14F, 0.03F, Semantic::cabinet,
                  plain(random, {0.2F, 0.19F, 0.18F}));
        }
}

void draw_shelf(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material body = furniture(random);
    const float w = random.uniform(0.75F, 1.0F), h = random.uniform(1.4F, 1.85F), d = stage.depth - z;
    ground_shadow(stage, x, z, w, d);
    solid(stage, {x, 0, z, w, h, d}, Semantic::shelf, body);
    const int rows = 4;
    const float cell = (h - 0.08F) / rows;
    for (int row = 0; row < rows; ++row) {
        const float y = 0.06F + cell * static_cast<float>(row);
        panel(stage, x, y, z - 0.01F, w - 0.1F, cell - 0.05F, Semantic::shelf, plain(random, body.base * 0.4F));
        for (float left = x - w / 2 + 0.07F; left < x + w / 2 - 0.14F;) {  // books
            const float thick = random.uniform(0.03F, 0.08F), tall = (cell - 0.06F) * random.uniform(0.55F, 0.95F);
            if (random.chance(0.85F))
                panel(stage, left + thick / 2, y, z - 0.02F, thick, tall, Semantic::shelf,
                      plain(random, vivid_colour(random)), 0.95F);
            left += thick + 0.01F;
        }
    }
}

void draw_table(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material top = furniture(random);
    const float w = random.uniform(0.9F, 1.3F), d = random.uniform(0.5F, 0.7F), h = random.uniform(0.68F, 0.76F);
    ground_shadow(stage, x, z, w, d, 0.45F);
    draw_legs(stage, x, z, w, d, h, Semantic::table, top);
    solid(stage, {x, h, z, w, 0.06F, d}, Semantic::table, top);
}

void draw_chair(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material frame = furniture(random);
    const Material seat = random.chance(0.5F) ? textile(random, vivid_colour(random)) : frame;
    const float w = random.uniform(0.42F, 0.5F), d = 0.44F, h = 0.45F;
    ground_shadow(stage, x, z, w, d);
    const bool seen_from_behind = random.chance(0.4F);
    const Box back{x, h, seen_from_behind ? z : z + d - 0.05F, w, random.uniform(0.4F, 0.55F), 0.05F};
    draw_legs(stage, x, z, w, d, h, Semantic::chair, frame);
    if (!seen_from_behind) solid(stage, back, Semantic::chair, frame);
    solid(stage, {x, h - 0.05F, z, w, 0.07F, d}, Semantic::chair, seat);
    if (seen_from_behind) solid(stage, back, Semantic::chair, seat);
}

void draw_lamp(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float h = random.uniform(1.2F, 1.6F);
    const Material stand = metal(random, random.chance(0.5F) ? Colour(0.2F, 0.2F, 0.22F) : Colour(0.7F, 0.6F, 0.35F));
    ground_shadow(stage, x, z, 0.3F, 0.25F);
    round_solid(stage, {x, 0, z}, 0.15F, 0.04F, 0.14F, Semantic::lamp, stand);
    round_solid(stage, {x, 0.04F, z}, 0.018F, h, 0.018F, Semantic::lamp, stand);
    const Colour glow = mix(vivid_colour(random), {1.15F, 1.05F, 0.82F}, 0.75F);
    const float shade = random.uniform(0.17F, 0.22F), shade_top = random.uniform(0.1F, 0.15F);
    round_solid(stage, {x, h - 0.1F, z}, shade, 0.3F, shade_top, Semantic::lamp, plain(random, glow));
}

void draw_plant(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float pot_h = random.uniform(0.28F, 0.4F), pot_r = random.uniform(0.15F, 0.2F);
    ground_shadow(stage, x, z, 0.45F, 0.4F);
    round_solid(stage, {x, 0, z}, pot_r * 0.75F, pot_h, pot_r, Semantic::plant, plain(random, vivid_colour(random)));
    const float scale = stage.camera.focal / z;
    const Point root = stage.camera.project({x, pot_h, z});
    const Colour leaves = leaf_colour(random);
    const float tall = random.uniform(0.65F, 1.0F);
    const int count = random.integer(26, 38);
    for (int i = 0; i < count; ++i) {  // from the back and top to the front and bottom
        const float rise = 1.0F - static_cast<float>(i) / static_cast<float>(count);
        const Point start = root + Point(random.uniform(-0.1F, 0.1F), -tall * rise * 0.75F) * scale;
        const float angle = -std::numbers::pi_v<float> / 2 + random.uniform(-1.45F, 1.45F);
        const float size = random.uniform(0.28F, 0.45F) * scale;
        draw_leaf(stage, start, angle, size, leaves * random.uniform(0.65F, 1.25F));
    }
}

void draw_parcel(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.22F, 0.4F), h = random.uniform(0.18F, 0.35F);
    ground_shadow(stage, x, z, w, w);
    solid(stage, {x, 0, z, w, h, w}, Semantic::unlabelled, plain(random, vivid_colour(random)));
}

}  // namespace semscope::demo
