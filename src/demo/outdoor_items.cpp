#include "landscape.hpp"
#include "noise.hpp"
#include "solids.hpp"

#include <cmath>
#include <numbers>

namespace semscope::demo {
namespace {

/// A lumpy round outline.
Polygon blob(Point centre, float rx, float ry, float roughness, float shift) {
    Polygon outline = ellipse(centre, rx, ry);
    for (std::size_t i = 0; i < outline.size(); ++i) {
        const float angle =
            2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(outline.size());
        const float bump = fractal_noise(2.0F * std::cos(angle) + shift, 2.0F * std::sin(angle) + shift, 3);
        outline[i] = centre + (outline[i] - centre) * (1.0F + roughness * (2.0F * bump - 1.0F));
    }
    return outline;
}

void draw_crown(Stage& stage, Point centre, float rx, float ry, const Colour& leaves) {
    const float shift = stage.random.uniform(0.0F, 200.0F);
    const float lit = stage.light.left > stage.light.right ? -1.0F : 1.0F;
    stage.canvas.paint(blob(centre, rx, ry, 0.3F, shift), Semantic::tree, [&](float x, float y) {
        const float light = 0.18F * lit * (x - centre.x) / rx - 0.25F * (y - centre.y) / ry;
        return leaves * (0.6F + light + 0.75F * fractal_noise(x * 0.22F + shift, y * 0.22F, 3));
    });
}

void draw_conifer(Stage& stage, Point foot, float tall, const Colour& leaves) {
    for (int layer = 0; layer < 4; ++layer) {
        const float low = tall * (0.12F + 0.2F * static_cast<float>(layer));
        const float half = tall * (0.27F - 0.05F * static_cast<float>(layer));
        const Polygon skirt{
            {foot.x - half, foot.y - low}, {foot.x + half, foot.y - low}, {foot.x, foot.y - low - tall * 0.36F}};
        stage.canvas.paint(skirt, Semantic::tree, [&](float x, float y) {
            return leaves * (0.5F + 0.25F * (x - foot.x) / half + 0.6F * noise(x * 0.5F, y * 0.3F));
        });
    }
}

}  // namespace

void draw_tree(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float tall = random.uniform(4.0F, 7.0F), scale = stage.camera.focal / z;
    const Point foot = stage.camera.project({x, 0, z});
    const Colour leaves = leaf_colour(random);
    ground_shadow(stage, x, z, 0.4F * tall, 0.25F * tall, 0.35F);
    round_solid(stage, {x, 0, z}, 0.16F, 0.5F * tall, 0.09F, Semantic::tree, wood(random));
    if (random.chance(0.3F)) return draw_conifer(stage, foot, tall * scale, leaves * 0.85F);
    const int crowns = random.integer(2, 4);
    const float middle = foot.y - 0.66F * tall * scale, radius = 0.24F * tall * scale;
    for (int i = 0; i < crowns; ++i) {
        const float dx = random.uniform(-0.6F, 0.6F) * radius, dy = random.uniform(-0.5F, 0.4F) * radius;
        draw_crown(stage, {foot.x + dx, middle + dy}, radius, radius * 0.85F,
                   leaves * (0.85F + 0.1F * static_cast<float>(i)));
    }
}

void draw_house(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float w = random.uniform(5.0F, 7.5F), h = random.uniform(2.4F, 3.2F), d = 5.0F,
                roof = random.uniform(1.6F, 2.4F);
    const Material walls = wall_covering(random);
    const float hue = random.uniform(0.0F, 0.08F), value = random.uniform(0.3F, 0.6F);
    const Colour tiles = hsv(hue, 0.5F, value);
    const Camera& camera = stage.camera;
    ground_shadow(stage, x, z, w, d, 0.3F);
    solid(stage, {x, 0, z, w, h, d}, Semantic::house, walls);
    const Point a = camera.project({x - w / 2 - 0.4F, h, z}), b = camera.project({x + w / 2 + 0.4F, h, z});
    const Point c = camera.project({x + w * 0.32F, h + roof, z + d / 2}),
                e = camera.project({x - w * 0.32F, h + roof, z + d / 2});
    stage.canvas.paint({a, b, c, e}, Semantic::house,
                       [&](float px, float py) { return tiles * (0.85F + 0.25F * noise(px * 0.5F, py * 2.0F)); });
    for (const float side : {-0.3F, 0.3F})
        framed_panel(stage, x + side * w, 1.0F, z - 0.05F, 1.0F, 1.0F, Semantic::house,
                     plain(random, {0.35F, 0.45F, 0.55F}), {0.93F, 0.93F, 0.9F}, 0.1F);
    panel(stage, x, 0, z - 0.05F, 1.0F, 2.0F, Semantic::house, wood(random), 0.8F);
}

void draw_fence(Stage& stage, float z) {
    RandomStream& random = stage.random;
    const Material boards = random.chance(0.5F) ? wood(random) : plain(random, {0.88F, 0.88F, 0.86F});
    const float from = random.uniform(-0.7F, 0.3F) * z, length = random.uniform(0.4F, 0.9F) * z;
    for (const float y : {0.35F, 0.75F})
        face(stage, {from, y, z}, {length, 0, 0}, {0, 0.1F, 0}, Semantic::fence, boards, 0.9F);
    for (float x = from; x <= from + length; x += 0.45F) {
        ground_shadow(stage, x, z, 0.12F, 0.15F, 0.2F);
        panel(stage, x, 0, z - 0.02F, 0.12F, 1.0F, Semantic::fence, boards);
    }
}

void draw_rock(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float size = random.uniform(0.35F, 0.9F) * stage.camera.focal / z, shift = random.uniform(0.0F, 200.0F);
    const float warm = random.uniform(-0.04F, 0.06F), tone = random.uniform(0.38F, 0.6F);
    const Colour stone(tone + warm, tone, tone - warm);
    const Point centre = stage.camera.project({x, 0.15F, z});
    ground_shadow(stage, x, z, 1.0F, 0.5F, 0.4F);
    stage.canvas.paint(blob(centre, size, 0.55F * size, 0.3F, shift), Semantic::rock, [&](float px, float py) {
        return stone * (0.7F - 0.35F * (py - centre.y) / size + 0.5F * fractal_noise(px * 0.15F + shift, py * 0.2F, 3));
    });
}

void draw_person(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float tall = random.uniform(1.5F, 1.85F);
    const Material coat = textile(random, vivid_colour(random));
    const Material trousers = plain(random, vivid_colour(random) * 0.6F);
    const float tan = random.uniform(0.45F, 0.95F);
    const Colour skin(tan, tan * 0.76F, tan * 0.62F);
    ground_shadow(stage, x, z, 0.45F, 0.3F, 0.4F);
    for (const float side : {-0.09F, 0.09F})
        round_solid(stage, {x + side, 0, z}, 0.07F, 0.48F * tall, 0.09F, Semantic::person, trousers);
    for (const float side : {-0.24F, 0.24F})
        round_solid(stage, {x + side, 0.45F * tall, z}, 0.05F, 0.36F * tall, 0.06F, Semantic::person, coat);
    round_solid(stage, {x, 0.45F * tall, z}, 0.17F, 0.38F * tall, 0.2F, Semantic::person, coat);
    const Point head = stage.camera.project({x, 0.92F * tall, z});
    const float r = 0.12F * stage.camera.focal / z;
    stage.canvas.paint(ellipse(head, r, 1.2F * r), Semantic::person, skin);
    const Colour hair = wood_colour(random) * 0.5F;
    stage.canvas.paint(ellipse(head - Point(0, 0.6F * r), 1.05F * r, 0.7F * r), Semantic::person, hair);
}

void draw_bench(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material boards = furniture(random);
    const float w = random.uniform(1.3F, 1.8F);
    ground_shadow(stage, x, z, w, 0.45F);
    for (const float side : {-0.42F, 0.42F})
        solid(stage, {x + side * w, 0, z, 0.08F, 0.42F, 0.4F}, Semantic::bench, boards);
    for (const float y : {0.6F, 0.78F}) panel(stage, x, y, z + 0.4F, w, 0.12F, Semantic::bench, boards);
    solid(stage, {x, 0.42F, z, w, 0.06F, 0.4F}, Semantic::bench, boards);
}

void draw_streetlight(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float tall = random.uniform(3.6F, 4.6F), side = random.sign(), reach = side * random.uniform(0.4F, 0.8F);
    const Material post = metal(random, random.chance(0.5F) ? Colour(0.25F, 0.28F, 0.27F) : Colour(0.6F, 0.6F, 0.6F));
    ground_shadow(stage, x, z, 0.3F, 0.25F);
    round_solid(stage, {x, 0, z}, 0.08F, tall, 0.05F, Semantic::streetlight, post);
    panel(stage, x + reach / 2, tall - 0.04F, z, std::abs(reach), 0.07F, Semantic::streetlight, post);
    round_solid(stage, {x + reach, tall - 0.28F, z}, 0.2F, 0.26F, 0.1F, Semantic::streetlight,
                plain(random, {0.95F, 0.9F, 0.7F}));
}

void draw_signboard(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.9F, 1.5F), h = random.uniform(0.5F, 0.8F), y = random.uniform(1.3F, 1.8F);
    const Colour colour = vivid_colour(random);
    ground_shadow(stage, x, z, 0.2F, 0.2F);
    round_solid(stage, {x, 0, z}, 0.05F, y, 0.05F, Semantic::signboard, metal(random, {0.5F, 0.5F, 0.52F}));
    framed_panel(stage, x, y, z - 0.05F, w, h, Semantic::signboard, plain(random, colour), {0.93F, 0.93F, 0.9F}, 0.06F);
    const float text = random.uniform(0.4F, 0.7F);
    for (const float row : {0.3F, 0.55F})
        panel(stage, x, y + row * h, z - 0.06F, w * text, 0.08F, Semantic::signboard,
              plain(random, {0.95F, 0.95F, 0.93F}));
}

}  // namespace semscope::demo
