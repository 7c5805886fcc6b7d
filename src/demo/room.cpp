#include "furniture.hpp"
#include "noise.hpp"
#include "solids.hpp"

#include <cmath>

namespace semscope::demo {
namespace {

constexpr float near_end = 0.5F;  // where floor and walls begin, out of sight

void draw_skirting(Stage& stage, const Colour& colour) {
    panel(stage, 0.0F, 0.0F, stage.depth, stage.width, 0.09F, Semantic::wall,
          {Material::Kind::plain, colour, colour, 1, 0});
}

/// A darker seam where surfaces meet, as corners of rooms have.
void darken_corners(Stage& stage) {
    const float side = stage.width / 2;
    const Camera& camera = stage.camera;
    for (const float x : {-side, side}) {
        const Point low = camera.project({x, 0, stage.depth}), high = camera.project({x, stage.height, stage.depth});
        stage.canvas.shade(stroke(low, high, 5.0F), 0.3F, 8);
    }
    for (const float y : {0.0F, stage.height}) {
        const Point left = camera.project({-side, y, stage.depth}), right = camera.project({side, y, stage.depth});
        stage.canvas.shade(stroke(left, right, 5.0F), 0.25F, 8);
    }
}

}  // namespace

void draw_room(Stage& stage) {
    RandomStream& random = stage.random;
    const float w = stage.width, h = stage.height, side = w / 2;
    const float length = stage.depth - near_end;
    const World along(0, 0, length), across(w, 0, 0), up(0, h, 0);

    const Material walls = wall_covering(random);
    Material back = walls;
    if (random.chance(0.3F)) back = wall_covering(random);
    Material ceiling = plain(random, mix(wall_colour(random), {0.95F, 0.94F, 0.92F}, 0.7F));
    const Material ground = floor_covering(random);

    face(stage, {-side, h, near_end}, across, along, Semantic::ceiling, ceiling, 0.98F);
    face(stage, {-side, 0, near_end}, across, along, Semantic::floor, ground, 1.0F);
    face(stage, {-side, 0, near_end}, along, up, Semantic::wall, walls, stage.light.left);
    face(stage, {side, 0, near_end}, along, up, Semantic::wall, walls, stage.light.right);
    face(stage, {-side, 0, stage.depth}, across, up, Semantic::wall, back, 0.95F);
    draw_skirting(stage, mix(back.base, {1, 1, 1}, 0.5F));
    darken_corners(stage);
}

void draw_rug(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material border = textile(random, vivid_colour(random));
    const Material inner = textile(random, vivid_colour(random));
    const float w = random.uniform(1.3F, 2.2F), d = random.uniform(0.7F, 1.2F);
    face(stage, {x - w / 2, 0.01F, z}, {w, 0, 0}, {0, 0, d}, Semantic::rug, border, 1.0F);
    face(stage, {x - w / 2 + 0.12F, 0.01F, z + 0.1F}, {w - 0.24F, 0, 0}, {0, 0, d - 0.2F}, Semantic::rug, inner, 1.0F);
}

}  // namespace semscope::demo
