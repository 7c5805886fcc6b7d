#include "material.hpp"
#include "solids.hpp"
#include "stage.hpp"

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
namespace {

void draw_ridge(Stage& stage, float base, float tall, const Colour& rock, float haze, float snow_line) {
    RandomStream& random = stage.random;
    const float shift = random.uniform(0.0F, 200.0F), peak = random.uniform(40.0F, 216.0F),
                width = random.uniform(70.0F, 120.0F);
    const auto crest = [&](float x) {
        const float rise = std::exp(-std::pow((x - peak) / width, 2.0F));
        return base - tall * (0.3F * rise + 0.25F + 0.75F * rise * fractal_noise(x * 0.025F + shift, 0.3F, 5));
    };
    Polygon polygon{{edge + 4.0F, base + 3.0F}, {-4.0F, base + 3.0F}};
    for (float x = -4.0F; x <= edge + 4.0F; x += 2.0F) polygon.emplace_back(x, crest(x));
    const float lit = stage.light.left > stage.light.right ? 1.0F : -1.0F;
    stage.canvas.paint(polygon, Semantic::mountain, [&](float x, float y) {
        // Flanks: a tilted noise field, lit from one side.
        const auto relief = [&](float u, float v) {
            return fractal_noise(u * 0.045F + 0.02F * v + shift, v * 0.03F, 4);
        };
        const float slope = lit * 7.0F * (relief(x + 1.5F, y) - relief(x - 1.5F, y));
        const float height = (base - y) / tall + 0.35F * (relief(x, y) - 0.5F);
        const Colour ground =
            height > snow_line ? Colour(0.93F, 0.95F, 0.98F) : rock * (0.8F + 0.4F * relief(x * 3.0F, y * 3.0F));
        return mix(ground * std::clamp(0.85F + slope, 0.45F, 1.15F), {0.7F, 0.78F, 0.87F}, haze);
    });
}

void draw_facade(Stage& stage, const Box& box, const Material& walls) {
    RandomStream& random = stage.random;
    const Material glass = plain(random, mix({0.25F, 0.33F, 0.42F}, {0.75F, 0.8F, 0.85F}, random.unit()));
    const Material lit = plain(random, {0.95F, 0.85F, 0.55F});
    solid(stage, box, Semantic::building, walls);
    const float storey = 2.9F, bay = random.uniform(1.7F, 2.4F);
    const float inner_x = box.x > stage.camera.x ? box.x - box.w / 2 - 0.02F : box.x + box.w / 2 + 0.02F;
    for (float y = 0.9F; y < box.h - 1.6F; y += storey) {
        for (float x = box.x - box.w / 2 + 0.6F; x < box.x + box.w / 2 - 1.0F; x += bay)
            panel(stage, x + 0.5F, y, box.z - 0.02F, 0.95F, 1.5F, Semantic::building,
                  random.chance(0.12F) ? lit : glass);
        for (float z = box.z + 0.5F; z < box.z + box.d - 1.0F; z += bay)  // the side that looks at the street
            face(stage, {inner_x, y, z}, {0, 0, 0.95F}, {0, 1.5F, 0}, Semantic::building,
                 random.chance(0.12F) ? lit : glass, 0.85F);
    }
    solid(stage, {box.x, box.h, box.z - 0.15F, box.w + 0.3F, 0.35F, box.d}, Semantic::building, walls);
}

}  // namespace

void draw_mountains(Stage& stage) {
    RandomStream& random = stage.random;
    const float base = stage.camera.horizon + 2.0F;
    const int ridges = random.integer(1, 3);
    const float warm = random.uniform(-0.05F, 0.08F), tone = random.uniform(0.3F, 0.48F),
                snow = random.uniform(0.45F, 1.1F);
    for (int i = 0; i < ridges; ++i) {
        const float nearness = static_cast<float>(i + 1) / static_cast<float>(ridges);
        const float tall = random.uniform(55.0F, 85.0F) * (1.15F - 0.35F * nearness);
        draw_ridge(stage, base, tall, Colour(tone + warm, tone + 0.03F, tone), 0.5F - 0.4F * nearness, snow);
    }
}

void draw_buildings(Stage& stage) {
    RandomStream& random = stage.random;
    for (const float side : {-1.0F, 1.0F}) {
        if (side > 0 && random.chance(0.2F)) continue;  // some streets are built up on one side only
        const float gap = random.uniform(3.2F, 5.0F), w = 9.0F;
        for (float z = 36.0F; z > 8.0F;) {  // from far to near
            const float d = random.uniform(6.0F, 10.0F), h = random.uniform(5.5F, 12.0F);
            z -= d;
            draw_facade(stage, {side * (gap + w / 2), 0, std::max(z, 6.0F), w, h, d - 0.2F}, wall_covering(random));
        }
    }
}

void draw_car(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Colour colour = vivid_colour(random);
    const Material paint = metal(random, colour);
    const Material glass = plain(random, {0.2F, 0.27F, 0.33F});
    const float w = random.uniform(3.9F, 4.5F), d = 1.7F, body = random.uniform(0.62F, 0.72F),
                cabin = random.uniform(0.48F, 0.6F);
    const float back = random.uniform(-0.12F, 0.08F) * w;
    const Camera& camera = stage.camera;
    ground_shadow(stage, x, z, w, d, 0.6F);
    solid(stage, {x, 0.28F, z, w, body, d}, Semantic::car, paint);
    const auto outline = [&](float bottom, float top, float inset, float left, float right) {
        const float low = 0.28F + body + bottom, high = 0.28F + body + top;
        return Polygon{camera.project({x + back + left, low, z}), camera.project({x + back + right, low, z}),
                       camera.project({x + back + right - inset, high, z + 0.15F}),
                       camera.project({x + back + left + inset, high, z + 0.15F})};
    };
    const float half = 0.29F * w;
    stage.canvas.paint(outline(0.0F, cabin, 0.45F, -half - 0.2F, half + 0.2F), Semantic::car, colour * 0.95F);
    for (const float side : {-1.0F, 1.0F}) {
        const float a = side < 0 ? -half : 0.06F, b = side < 0 ? -0.06F : half;
        stage.canvas.paint(outline(0.03F, cabin - 0.08F, 0.16F, a, b), Semantic::car, [&](float px, float py) {
            return glass.at(px * 0.01F, py * 0.01F) +
                   Colour(0.14F, 0.16F, 0.18F) * noise(px * 0.08F + py * 0.08F, 3.0F);
        });
    }
    for (const float side : {-0.31F, 0.31F}) {
        const Point hub = camera.project({x + side * w, 0.33F, z - 0.02F});
        const float r = 0.36F * camera.focal / z;
        stage.canvas.paint(ellipse(hub, r, r), Semantic::car, Colour(0.08F, 0.08F, 0.09F));
        stage.canvas.paint(ellipse(hub, 0.55F * r, 0.55F * r), Semantic::car, Colour(0.66F, 0.67F, 0.7F));
    }
    const float nose = random.sign();
    panel(stage, x + nose * (w / 2 - 0.16F), 0.66F, z - 0.02F, 0.26F, 0.15F, Semantic::car,
          plain(random, {0.98F, 0.95F, 0.75F}));
    panel(stage, x - nose * (w / 2 - 0.13F), 0.66F, z - 0.02F, 0.2F, 0.15F, Semantic::car,
          plain(random, {0.8F, 0.12F, 0.1F}));
    panel(stage, x, 0.52F, z - 0.015F, w - 0.1F, 0.04F, Semantic::car, plain(random, colour * 0.6F));
}

void draw_sea(Stage& stage, float shore) {
    RandomStream& random = stage.random;
    const Camera& camera = stage.camera;
    const float hue = random.uniform(0.48F, 0.6F), saturation = random.uniform(0.35F, 0.7F),
                value = random.uniform(0.4F, 0.7F);
    const Colour deep = hsv(hue, saturation, value), shallow = mix(deep, {0.6F, 0.82F, 0.8F}, 0.5F);
    const float shift = random.uniform(0.0F, 200.0F), choppy = random.uniform(0.4F, 1.0F);
    const auto water = [&](float x, float y) {
        const float t = std::clamp((y - camera.horizon) / std::max(1.0F, shore - camera.horizon), 0.0F, 1.0F);
        const float rows = std::sqrt(std::max(0.0F, y - camera.horizon)) * 2.6F;  // waves shrink towards the horizon
        const float wave = fractal_noise(x * 0.03F / (0.3F + t) + shift, rows * 1.6F + shift, 3);
        const float foam = std::clamp((wave - 0.64F) * 6.0F * choppy, 0.0F, 0.8F);
        return mix(mix(deep, shallow, t * t) * (0.8F + 0.4F * wave), {0.95F, 0.97F, 0.97F}, foam);
    };
    const float top = camera.horizon;
    stage.canvas.paint({{-4, top}, {edge + 4, top}, {edge + 4, shore + 12}, {-4, shore + 12}}, Semantic::sea, water);
}

void draw_sand(Stage& stage, float shore) {
    RandomStream& random = stage.random;
    const float hue = random.uniform(0.09F, 0.13F), saturation = random.uniform(0.18F, 0.4F),
                value = random.uniform(0.72F, 0.92F);
    const Colour dry = hsv(hue, saturation, value), wet = dry * 0.72F;
    const float shift = random.uniform(0.0F, 200.0F);
    stage.canvas.paint(ground_strip(stage, shore, edge + 2, 9.0F), Semantic::sand, [&](float x, float y) {
        const float t = std::clamp((y - shore) / 26.0F, 0.0F, 1.0F);
        const float ripple = fractal_noise(x * 0.03F + shift, y * 0.16F + 0.02F * x, 3);
        return mix(wet, dry, t) * (0.84F + 0.2F * ripple + 0.14F * noise(x * 0.9F, y * 0.9F));
    });
}

void draw_field(Stage& stage, float far_row, float near_row) {
    RandomStream& random = stage.random;
    const Camera& camera = stage.camera;
    const float hue = random.chance(0.5F) ? random.uniform(0.11F, 0.15F) : random.uniform(0.2F, 0.33F);
    const float value = random.uniform(0.5F, 0.8F), spacing = random.uniform(0.8F, 1.4F),
                slant = random.uniform(-0.5F, 0.5F);
    const Colour crop = hsv(hue, random.uniform(0.45F, 0.7F), value),
                 furrow = mix(crop * 0.5F, {0.36F, 0.26F, 0.17F}, 0.5F);
    const Polygon strip = ground_strip(stage, far_row, near_row, 1.5F);
    stage.canvas.paint(strip, Semantic::field, [&](float x, float y) {
        const float z = camera.depth_of_row(y), u = camera.world_x(x, z) + slant * z;
        const float far = std::clamp((z - 8.0F) / 40.0F, 0.0F, 1.0F);
        const float row = 0.5F + 0.5F * std::cos(6.2832F * u / spacing);
        const float tuft = noise(u * 5.0F, z * 4.0F) * (1.0F - far) + 0.5F * far;
        const Colour plant = crop * (0.7F + 0.5F * tuft);
        return mix(
            mix(furrow, plant, std::clamp(row * 1.3F - 0.1F + 0.3F * tuft, 0.0F, 1.0F) * (1 - far) + 0.75F * far),
            {0.75F, 0.78F, 0.72F}, 0.25F * far);
    });
}

}  // namespace semscope::demo
