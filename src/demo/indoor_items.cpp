#include "material.hpp"
#include "solids.hpp"
#include "stage.hpp"

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
namespace {

/// A puffed-up pillow: a rounded outline with a soft shine.
void draw_pillow(Stage& stage, float x, float y, float z, float w, const Colour& colour) {
    const Point centre = stage.camera.project({x, y, z});
    const float rx = 0.5F * w * stage.camera.focal / z, ry = 0.42F * rx;
    stage.canvas.paint(ellipse(centre, rx, ry), Semantic::bed, [&](float px, float py) {
        return colour * (1.0F - 0.22F * (py - centre.y) / ry - 0.06F * (px - centre.x) / rx);
    });
}

}  // namespace

void draw_bed(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(1.45F, 1.85F), d = random.uniform(1.75F, 2.0F);
    const float z = stage.depth - d - 0.08F, mattress = random.uniform(0.22F, 0.3F), low = random.uniform(0.2F, 0.28F);
    const Material frame = furniture(random);
    const Material cover = textile(random, vivid_colour(random));
    const Colour linen = mix(wall_colour(random), {0.97F, 0.96F, 0.94F}, 0.75F);
    const float top = low + mattress, head = random.uniform(0.95F, 1.25F);

    ground_shadow(stage, x, z, w, d, 0.5F);
    solid(stage, {x, 0, stage.depth - 0.08F, w + 0.08F, head, 0.06F}, Semantic::bed, frame);
    solid(stage, {x, 0, z, w, low, d}, Semantic::bed, frame);
    solid(stage, {x, low, z + 0.02F, w - 0.04F, mattress, d - 0.04F}, Semantic::bed, plain(random, linen));
    const float covered = d * random.uniform(0.6F, 0.72F);
    solid(stage, {x, low + 0.06F, z - 0.02F, w + 0.02F, mattress - 0.03F, covered}, Semantic::bed, cover);
    // The turned-down edge of the sheet.
    face(stage, {x - w / 2, top + 0.035F, z + covered - 0.2F}, {w, 0, 0}, {0, 0, 0.22F}, Semantic::bed,
         plain(random, linen), 1.05F);
    for (const float side : {-1.0F, 1.0F})
        draw_pillow(stage, x + side * w * 0.24F, top + 0.12F, stage.depth - 0.3F, w * 0.42F, linen * 1.03F);
}

void draw_bathtub(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(1.35F, 1.6F), d = 0.75F, h = random.uniform(0.5F, 0.6F), z = stage.depth - d - 0.05F;
    const Colour enamel = mix(appliance_colour(random), {0.96F, 0.96F, 0.95F}, 0.6F);
    const Material body = plain(random, enamel);
    ground_shadow(stage, x, z, w, d, 0.5F);
    solid(stage, {x, 0, z, w, h, d}, Semantic::bathtub, body);
    if (random.chance(0.5F))  // a panelled front
        framed_panel(stage, x, 0.08F, z - 0.01F, w - 0.2F, h - 0.2F, Semantic::bathtub, body, enamel * 0.82F, 0.02F);
    // The basin: a rounded hollow, darker at its near wall.
    const Camera& camera = stage.camera;
    const Point centre = camera.project({x, h, z + d / 2});
    const float near_row = camera.project({x, h, z}).y, far_row = camera.project({x, h, z + d}).y;
    const float rx = 0.44F * w * camera.focal / (z + d / 2), ry = 0.4F * (near_row - far_row);
    const Colour water = random.chance(0.6F) ? Colour(0.55F, 0.72F, 0.78F) : enamel * 0.75F;
    stage.canvas.paint(ellipse(centre, rx, ry), Semantic::bathtub,
                       [&](float, float py) { return mix(enamel * 0.62F, water, 0.5F + 0.5F * (py - centre.y) / ry); });
    const Material chrome = metal(random, {0.72F, 0.74F, 0.76F});
    const float tap = x + random.sign() * 0.4F * w;
    panel(stage, tap, h, z + d - 0.03F, 0.05F, 0.24F, Semantic::bathtub, chrome, 0.8F);
    panel(stage, tap, h + 0.2F, z + d - 0.06F, 0.16F, 0.05F, Semantic::bathtub, chrome, 0.9F);
}

void draw_toilet(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const Colour china = mix(appliance_colour(random), {0.96F, 0.96F, 0.95F}, 0.65F);
    const Material body = plain(random, china);
    const float w = random.uniform(0.52F, 0.62F), z = stage.depth - 0.72F;
    ground_shadow(stage, x, z - 0.05F, w, 0.7F, 0.45F);
    solid(stage, {x, 0.42F, stage.depth - 0.25F, w, 0.48F, 0.2F}, Semantic::toilet, body);
    solid(stage, {x, 0.9F, stage.depth - 0.27F, w + 0.04F, 0.04F, 0.24F}, Semantic::toilet,
          plain(random, china * 1.03F));
    panel(stage, x - 0.3F * w, 0.76F, stage.depth - 0.26F, 0.12F, 0.05F, Semantic::toilet,
          metal(random, {0.4F, 0.42F, 0.45F}));
    round_solid(stage, {x, 0.0F, z + 0.1F}, 0.19F, 0.22F, 0.15F, Semantic::toilet, body);
    round_solid(stage, {x, 0.18F, z + 0.05F}, 0.15F, 0.26F, 0.3F, Semantic::toilet, body);
    const Camera& camera = stage.camera;
    const Point seat = camera.project({x, 0.45F, z + 0.06F});
    const float scale = camera.focal / (z + 0.05F);
    const Colour lid = random.chance(0.75F) ? china * 1.04F : wood_colour(random);
    stage.canvas.paint(ellipse(seat, 0.31F * scale, 0.13F * scale), Semantic::toilet, lid);
    stage.canvas.paint(ellipse(seat + Point(0, 0.5F), 0.21F * scale, 0.085F * scale), Semantic::toilet, china * 0.35F);
}
namespace {

/// Just in front of the back wall.
float on_wall(const Stage& stage) { return stage.depth - 0.03F; }

void draw_curtains(Stage& stage, float x, float y, float w, float h) {
    RandomStream& random = stage.random;
    Material cloth = textile(random, vivid_colour(random));
    const float width = w * random.uniform(0.25F, 0.38F);
    const float folds = random.uniform(35.0F, 55.0F);
    for (const float side : {-1.0F, 1.0F}) {
        const float middle = x + side * (w / 2 + 0.06F - width / 2);
        const Camera& camera = stage.camera;
        const float z = on_wall(stage) - 0.04F;
        const Point a = camera.project({middle - width / 2, y + h + 0.12F, z});
        const Point b = camera.project({middle + width / 2, y - 0.25F, z});
        stage.canvas.paint(
            {{a.x, a.y}, {b.x, a.y}, {b.x, b.y}, {a.x, b.y}}, Semantic::curtain, [&](float px, float py) {
                const float u = (px - a.x) * z / camera.focal, v = (py - a.y) * z / camera.focal;
                return cloth.at(u, v) * (0.88F + 0.16F * std::sin(folds * u + 0.6F * std::sin(3.0F * v)));
            });
    }
}

}  // namespace

void draw_door(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const Material leaf = furniture(random);
    const float w = random.uniform(0.8F, 0.95F), h = random.uniform(1.95F, 2.1F), z = on_wall(stage);
    framed_panel(stage, x, 0, z, w, h, Semantic::door, leaf, leaf.base * 0.6F, 0.06F);
    const Material inset{leaf.kind, leaf.base * 0.9F, leaf.accent * 0.9F, leaf.scale, leaf.shift + 3.0F};
    framed_panel(stage, x, 0.2F, z, w * 0.62F, h * 0.34F, Semantic::door, inset, leaf.base * 0.7F, 0.03F);
    framed_panel(stage, x, h * 0.54F, z, w * 0.62F, h * 0.36F, Semantic::door, inset, leaf.base * 0.7F, 0.03F);
    const Point knob = stage.camera.project({x + 0.38F * w, 1.0F, z});
    stage.canvas.paint(ellipse(knob, 2.0F, 2.0F), Semantic::door, Colour(0.85F, 0.78F, 0.55F));
}

void draw_window(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.9F, 1.3F), h = random.uniform(0.95F, 1.2F), y = random.uniform(0.95F, 1.1F);
    const float z = on_wall(stage);
    const Colour frame = random.chance(0.7F) ? Colour(0.93F, 0.93F, 0.92F) : wood_colour(random);
    panel(stage, x, y, z, w, h, Semantic::windowpane, {Material::Kind::plain, frame, frame, 1, 0});
    const Colour high = random_colour(random, {0.52F, 0.62F}, {0.15F, 0.45F}, {0.75F, 1.0F});
    const float greenery = random.uniform(0.15F, 0.7F);
    const Colour low = mix(high, leaf_colour(random), greenery);
    const Camera& camera = stage.camera;
    for (const float side : {-1.0F, 1.0F}) {
        const Point a = camera.project({x + side * w / 4 - w * 0.22F, y + h - 0.05F, z});
        const Point b = camera.project({x + side * w / 4 + w * 0.22F, y + 0.05F, z});
        stage.canvas.paint({{a.x, a.y}, {b.x, a.y}, {b.x, b.y}, {a.x, b.y}}, Semantic::windowpane,
                           [&](float px, float py) {
                               const float t = (py - a.y) / (b.y - a.y);
                               const float cloud = fractal_noise(px * 0.06F, py * 0.1F, 3);
                               return mix(mix(high, {1, 1, 1}, std::max(0.0F, cloud - 0.35F)), low,
                                          t > 0.55F ? t * cloud * 1.5F : 0.0F);
                           });
    }
    panel(stage, x, y - 0.05F, z - 0.02F, w + 0.12F, 0.06F, Semantic::windowpane,
          {Material::Kind::plain, frame, frame, 1, 0}, 0.85F);
    if (random.chance(0.7F)) draw_curtains(stage, x, y, w, h);
}

void draw_painting(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.5F, 0.95F), h = random.uniform(0.4F, 0.7F), y = random.uniform(1.35F, 1.55F);
    const Colour frame = random.chance(0.5F) ? wood_colour(random) * 0.7F : Colour(0.12F, 0.12F, 0.12F);
    const Material canvas{Material::Kind::stone, vivid_colour(random), vivid_colour(random), 1, random.uniform(0, 100)};
    framed_panel(stage, x, y, on_wall(stage), w, h, Semantic::painting, canvas, frame, 0.05F);
    const float top = random.uniform(0.15F, 0.3F);
    const Material second{Material::Kind::stone, vivid_colour(random), vivid_colour(random), 1, random.uniform(0, 100)};
    panel(stage, x, y + 0.05F, on_wall(stage), w - 0.1F, top, Semantic::painting, second);
}

void draw_mirror(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.5F, 0.8F), h = random.uniform(0.6F, 0.9F), y = random.uniform(1.2F, 1.4F),
                z = on_wall(stage);
    const Camera& camera = stage.camera;
    const float scale = camera.focal / z;
    const Point centre = camera.project({x, y + h / 2, z});
    const Colour frame = random.chance(0.5F) ? wood_colour(random) : Colour(0.8F, 0.79F, 0.75F);
    const Colour glass = mix(wall_colour(random), {0.75F, 0.8F, 0.84F}, 0.6F);
    const bool round = random.chance(0.5F);
    const auto outline = [&](float inset) {
        const float rx = (w / 2 - inset) * scale, ry = (h / 2 - inset) * scale;
        if (round) return ellipse(centre, rx, ry);
        return Polygon{{centre.x - rx, centre.y - ry},
                       {centre.x + rx, centre.y - ry},
                       {centre.x + rx, centre.y + ry},
                       {centre.x - rx, centre.y + ry}};
    };
    stage.canvas.paint(outline(0.0F), Semantic::mirror, frame);
    stage.canvas.paint(outline(0.05F), Semantic::mirror, [&](float px, float py) {
        const float streak = std::sin(0.35F * (px - centre.x + py - centre.y));
        return glass * (0.95F + 0.1F * std::max(0.0F, streak) - 0.004F * (py - centre.y));
    });
}

void draw_clock(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float radius = random.uniform(0.15F, 0.22F), z = on_wall(stage);
    const Point centre = stage.camera.project({x, random.uniform(1.7F, 1.9F), z});
    const float r = radius * stage.camera.focal / z;
    stage.canvas.paint(ellipse(centre, r, r), Semantic::clock, vivid_colour(random) * 0.6F);
    stage.canvas.paint(ellipse(centre, r * 0.8F, r * 0.8F), Semantic::clock, Colour(0.95F, 0.94F, 0.9F));
    for (const float share : {0.7F, 0.5F}) {
        const float angle = random.uniform(0.0F, 2.0F * std::numbers::pi_v<float>);
        const Point tip = centre + Point(std::sin(angle), -std::cos(angle)) * (r * share);
        stage.canvas.paint(stroke(centre, tip, 1.2F), Semantic::clock, Colour(0.1F, 0.1F, 0.12F));
    }
}

}  // namespace semscope::demo
