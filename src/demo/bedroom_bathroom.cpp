#include "deciding_objects.hpp"
#include "solids.hpp"

namespace semscope::demo {
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

}  // namespace semscope::demo
