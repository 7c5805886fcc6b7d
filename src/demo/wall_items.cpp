#include "furniture.hpp"
#include "noise.hpp"
#include "solids.hpp"

#include <cmath>
#include <numbers>

namespace semscope::demo {
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
