#include "material.hpp"
#include "solids.hpp"
#include "stage.hpp"

#include <array>
#include <cmath>

namespace semscope::demo {
namespace {

void choose_room(Stage& stage) {
    RandomStream& random = stage.random;
    stage.width = random.uniform(3.7F, 4.3F);
    stage.depth = random.uniform(3.7F, 4.3F);
    stage.height = random.uniform(2.45F, 2.75F);
    stage.camera.focal = 235.0F;
    stage.camera.x = random.uniform(-0.35F, 0.35F);
    stage.camera.eye = random.uniform(1.35F, 1.6F);
    stage.camera.horizon = random.uniform(102.0F, 120.0F);
    if (random.chance(0.5F)) std::swap(stage.light.left, stage.light.right);
}

/// Furniture that may stand along the wall of any room.
void draw_shared_furniture(Stage& stage, float x) {
    const float choice = stage.random.unit();
    const float back = stage.depth;
    if (choice < 0.3F) return draw_cabinet(stage, x, back - stage.random.uniform(0.45F, 0.6F));
    if (choice < 0.5F) return draw_shelf(stage, x, back - 0.35F);
    if (choice < 0.7F) return draw_table(stage, x, back - stage.random.uniform(0.75F, 1.2F));
    if (choice < 0.9F) return draw_door(stage, x);
}

void draw_wall_items(Stage& stage) {
    RandomStream& random = stage.random;
    std::array<float, 3> places{-stage.width / 3, 0.0F, stage.width / 3};
    std::swap(places[0], places[static_cast<std::size_t>(random.integer(0, 2))]);
    std::swap(places[1], places[static_cast<std::size_t>(random.integer(1, 2))]);
    if (random.chance(0.75F)) draw_window(stage, places[0]);
    const float choice = random.unit();
    if (choice < 0.5F) draw_painting(stage, places[1]);
    if (choice > 0.6F) draw_mirror(stage, places[1]);
    if (random.chance(0.35F))
        draw_clock(stage, places[2]);
    else if (random.chance(0.3F))
        draw_painting(stage, places[2]);
}

void draw_one(Stage& stage, Semantic semantic, float x) {
    switch (semantic) {
        case Semantic::bathtub:
            return draw_bathtub(stage, x);
        case Semantic::toilet:
            return draw_toilet(stage, x);
        case Semantic::stove:
            return draw_stove(stage, x);
        case Semantic::refrigerator:
            return draw_refrigerator(stage, x);
        default:
            return;
    }
}

/// A desk or, where only the computer decides, a table as rooms of all kinds have.
void draw_workplace(Stage& stage, const Contents& contents, float x) {
    RandomStream& random = stage.random;
    const float z = stage.depth - random.uniform(0.95F, 1.5F);
    const bool desk = shows(contents, Semantic::desk);
    if (desk)
        draw_desk(stage, x, z);
    else
        draw_table(stage, x, z);
    if (shows(contents, Semantic::computer)) draw_computer(stage, x + random.uniform(-0.15F, 0.15F), z, 0.75F);
}

/// Two columns of the room belong to the deciding objects; a column that they leave free gets shared furniture.
void draw_deciding_zone(Stage& stage, const Contents& contents, float side) {
    RandomStream& random = stage.random;
    const float outer = side * stage.width * 0.28F, inner = -side * stage.width * 0.05F, middle = (outer + inner) / 2;
    if (shows(contents, Semantic::bed)) return draw_bed(stage, middle);
    if (shows(contents, Semantic::desk) || shows(contents, Semantic::computer))
        return draw_workplace(stage, contents, middle);

    const bool swapped = random.chance(0.5F);
    const float first = swapped ? inner : outer, second = swapped ? outer : inner;
    if (contents.deciding.size() == 2) {
        draw_one(stage, contents.deciding[0], first);
        draw_one(stage, contents.deciding[1], second);
        return;
    }
    if (random.chance(0.6F)) draw_shared_furniture(stage, second);
    if (contents.deciding.empty())
        draw_shared_furniture(stage, first);
    else
        draw_one(stage, contents.deciding[0], first);
}

void draw_foreground(Stage& stage, bool plant, float side) {
    RandomStream& random = stage.random;
    const float far_x = -side * random.uniform(0.3F, 0.6F), far_z = random.uniform(3.0F, 3.5F);
    const float near_x = -side * random.uniform(0.75F, 0.95F), near_z = random.uniform(2.4F, 2.9F);
    if (random.chance(0.45F))
        draw_chair(stage, far_x, far_z);
    else if (random.chance(0.3F))
        draw_parcel(stage, far_x, far_z);
    const float choice = random.unit();
    if (plant)
        draw_plant(stage, near_x, near_z);
    else if (choice < 0.35F)
        draw_lamp(stage, near_x, near_z);
    else if (choice < 0.55F)
        draw_chair(stage, near_x, near_z);
}

}  // namespace

void draw_indoor(Stage& stage, const Contents& contents) {
    RandomStream& random = stage.random;
    choose_room(stage);
    draw_room(stage);
    draw_wall_items(stage);
    const float side = random.sign();
    if (random.chance(0.35F)) {
        const float x = random.uniform(-0.4F, 0.4F), z = random.uniform(2.2F, 2.7F);
        draw_rug(stage, x, z);
    }
    draw_shared_furniture(stage, -side * stage.width * 0.34F);
    if (random.chance(0.3F)) draw_lamp(stage, -side * stage.width * 0.44F, stage.depth - 0.4F);
    draw_deciding_zone(stage, contents, side);
    draw_foreground(stage, contents.bias, side);
}
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
namespace {

/// A shining door: a bright band over enamel, darker towards the edges.
void draw_gloss(Stage& stage, float x, float y, float z, float w, float h, const Colour& enamel) {
    const Point a = stage.camera.project({x - w / 2, y + h, z}), b = stage.camera.project({x + w / 2, y, z});
    stage.canvas.paint({{a.x, a.y}, {b.x, a.y}, {b.x, b.y}, {a.x, b.y}}, Semantic::refrigerator,
                       [&](float px, float py) {
                           const float u = (px - a.x) / (b.x - a.x), v = (py - a.y) / (b.y - a.y);
                           const float band = (u - 0.35F - 0.1F * v) / 0.16F;
                           return enamel * (0.8F + 0.3F * std::exp(-band * band) - 0.1F * u);
                       });
}

}  // namespace

void draw_stove(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.72F, 0.9F), h = random.uniform(0.85F, 0.92F), d = 0.62F,
                z = stage.depth - d - 0.02F;
    const Colour enamel = random.chance(0.25F) ? Colour(0.2F, 0.2F, 0.22F) : appliance_colour(random);
    const Material body = metal(random, enamel);
    const Material dark = plain(random, {0.1F, 0.1F, 0.11F});
    ground_shadow(stage, x, z, w, d, 0.45F);
    solid(stage, {x, h, z + d - 0.06F, w, 0.16F, 0.06F}, Semantic::stove, body);  // the board behind the plates
    solid(stage, {x, 0, z, w, h, d}, Semantic::stove, body);
    face(stage, {x - w / 2 + 0.03F, h + 0.005F, z + 0.04F}, {w - 0.06F, 0, 0}, {0, 0, d - 0.12F}, Semantic::stove, dark,
         1.4F);
    for (const float depth : {z + 0.44F, z + 0.18F})
        for (const float side : {-0.23F, 0.23F}) {
            const Point plate = stage.camera.project({x + side * w, h + 0.01F, depth});
            const float r = 0.1F * stage.camera.focal / depth;
            stage.canvas.paint(ellipse(plate, r, 0.3F * r), Semantic::stove, Colour(0.42F, 0.4F, 0.4F));
            stage.canvas.paint(ellipse(plate, 0.6F * r, 0.18F * r), Semantic::stove, Colour(0.75F, 0.25F, 0.1F));
        }
    framed_panel(stage, x, 0.14F, z - 0.01F, w - 0.08F, h * 0.6F, Semantic::stove, body, enamel * 0.6F, 0.02F);
    framed_panel(stage, x, 0.24F, z - 0.015F, w - 0.26F, h * 0.32F, Semantic::stove, dark, enamel * 0.5F, 0.02F);
    panel(stage, x, 0.65F * h + 0.05F, z - 0.02F, w - 0.2F, 0.035F, Semantic::stove,
          metal(random, {0.7F, 0.7F, 0.72F}));
    const Colour knob = enamel[0] < 0.4F ? Colour(0.8F, 0.8F, 0.8F) : Colour(0.12F, 0.12F, 0.13F);
    for (int i = 0; i < 5; ++i) {
        const Point p = stage.camera.project({x + w * 0.18F * static_cast<float>(i - 2), h - 0.07F, z - 0.02F});
        stage.canvas.paint(ellipse(p, 2.0F, 2.0F), Semantic::stove, knob);
    }
}

void draw_refrigerator(Stage& stage, float x) {
    RandomStream& random = stage.random;
    const float w = random.uniform(0.8F, 0.95F), h = random.uniform(1.65F, 1.9F), d = 0.66F,
                z = stage.depth - d - 0.02F;
    const Colour enamel = appliance_colour(random);
    const Material body = metal(random, enamel);
    ground_shadow(stage, x, z, w, d, 0.5F);
    solid(stage, {x, 0, z, w, h, d}, Semantic::refrigerator, body);
    const float split = random.chance(0.5F) ? 0.4F * h : 0.6F * h, hinge = random.sign();
    panel(stage, x, split - 0.02F, z - 0.01F, w, 0.045F, Semantic::refrigerator, plain(random, {0.12F, 0.12F, 0.13F}));
    panel(stage, x, 0.0F, z - 0.01F, w, 0.08F, Semantic::refrigerator, plain(random, {0.12F, 0.12F, 0.13F}));
    draw_gloss(stage, x, 0.09F, z - 0.01F, w - 0.03F, split - 0.12F, enamel);
    draw_gloss(stage, x, split + 0.03F, z - 0.01F, w - 0.03F, h - split - 0.05F, enamel);
    const Material handle = metal(random, enamel[1] > 0.5F ? Colour(0.2F, 0.21F, 0.23F) : Colour(0.85F, 0.85F, 0.85F));
    panel(stage, x + hinge * 0.38F * w, split - 0.4F, z - 0.03F, 0.06F, 0.32F, Semantic::refrigerator, handle);
    panel(stage, x + hinge * 0.38F * w, split + 0.09F, z - 0.03F, 0.06F, 0.32F, Semantic::refrigerator, handle);
    const float free = x - hinge * 0.14F * w;
    framed_panel(stage, free, split + 0.12F, z - 0.02F, 0.26F, 0.32F, Semantic::refrigerator,
                 plain(random, {0.1F, 0.12F, 0.15F}), {0.45F, 0.46F, 0.48F}, 0.03F);  // the ice dispenser
    for (const float column : {-0.13F, 0.1F}) {                                       // notes held by magnets
        const float y = split - random.uniform(0.25F, 0.4F);
        panel(stage, free + column, y, z - 0.02F, 0.14F, 0.16F, Semantic::refrigerator,
              plain(random, vivid_colour(random)));
    }
}

void draw_desk(Stage& stage, float x, float z) {
    RandomStream& random = stage.random;
    const Material top = furniture(random);
    const Material front{top.kind, top.base * 0.92F, top.accent * 0.92F, top.scale, top.shift + 5.0F};
    const float w = random.uniform(1.5F, 1.8F), d = 0.75F, h = 0.7F, drawers = 0.44F;
    ground_shadow(stage, x, z, w, d, 0.5F);
    panel(stage, x, 0.2F, z + d - 0.05F, w - 0.08F, h - 0.2F, Semantic::desk, front, 0.5F);
    for (const float side : {-1.0F, 1.0F}) {
        const float px = x + side * (w - drawers) / 2;
        solid(stage, {px, 0, z, drawers, h, d}, Semantic::desk, top);
        for (int i = 0; i < 3; ++i) {
            const float y = 0.04F + 0.22F * static_cast<float>(i);
            framed_panel(stage, px, y, z - 0.01F, drawers - 0.04F, 0.2F, Semantic::desk, front, top.base * 0.35F,
                         0.025F);
            panel(stage, px, y + 0.08F, z - 0.02F, 0.16F, 0.05F, Semantic::desk, metal(random, {0.85F, 0.8F, 0.62F}));
        }
    }
    solid(stage, {x, h, z - 0.03F, w + 0.06F, 0.05F, d + 0.03F}, Semantic::desk, top);
    const Colour leather = random_colour(random, {0.3F, 0.45F}, {0.5F, 0.8F}, {0.2F, 0.4F});
    face(stage, {x - 0.42F, h + 0.055F, z + 0.04F}, {0.84F, 0, 0}, {0, 0, 0.45F}, Semantic::desk,
         plain(random, leather), 1.0F);
    for (const float side : {-0.62F, 0.6F}) {  // stacks of paper
        const float stack = random.uniform(0.06F, 0.22F);
        const Material paper{Material::Kind::bricks, {0.95F, 0.94F, 0.9F}, {0.6F, 0.6F, 0.6F}, 0.04F, 0.0F};
        solid(stage, {x + side, h + 0.05F, z + 0.2F, 0.26F, stack, 0.3F}, Semantic::desk, paper);
    }
}

void draw_computer(Stage& stage, float x, float z, float surface) {
    RandomStream& random = stage.random;
    const bool dark = random.chance(0.7F);
    const Material shell = plain(random, dark ? Colour(0.12F, 0.12F, 0.13F) : Colour(0.8F, 0.8F, 0.79F));
    const float w = random.uniform(0.68F, 0.85F), h = random.uniform(0.42F, 0.52F), foot = surface + 0.1F,
                back = z + 0.42F;
    const Colour screen_high = hsv(random.uniform(0.5F, 0.7F), 0.55F, 0.95F);
    const Colour screen_low = mix(screen_high, vivid_colour(random), 0.6F);
    solid(stage, {x, surface, back, 0.24F, 0.02F, 0.16F}, Semantic::computer, shell);
    panel(stage, x, surface, back + 0.05F, 0.07F, 0.14F, Semantic::computer, shell, 0.8F);
    solid(stage, {x, foot, back, w, h, 0.05F}, Semantic::computer, shell);
    const Point a = stage.camera.project({x - w / 2 + 0.03F, foot + h - 0.03F, back});
    const Point b = stage.camera.project({x + w / 2 - 0.03F, foot + 0.04F, back});
    const bool text = random.chance(0.5F);
    stage.canvas.paint({{a.x, a.y}, {b.x, a.y}, {b.x, b.y}, {a.x, b.y}}, Semantic::computer, [&](float px, float py) {
        const float u = (px - a.x) / (b.x - a.x), v = (py - a.y) / (b.y - a.y);
        if (text && u > 0.12F && u < 0.55F + 0.3F * std::sin(9.0F * std::floor(v * 8.0F)) &&
            std::fmod(v * 8.0F, 1.0F) > 0.5F)
            return Colour(0.95F, 0.96F, 0.97F);
        return mix(screen_high, screen_low, v) * (0.95F + 0.12F * (u - v));
    });
    face(stage, {x - 0.28F, surface + 0.02F, z + 0.08F}, {0.56F, 0, 0}, {0, 0, 0.18F}, Semantic::computer, shell, 1.3F);
    const Material keys{Material::Kind::tiles, shell.base * 1.3F + Colour(0.08F, 0.08F, 0.08F), shell.base * 0.7F,
                        0.05F, 0};
    face(stage, {x - 0.26F, surface + 0.025F, z + 0.09F}, {0.52F, 0, 0}, {0, 0, 0.15F}, Semantic::computer, keys, 1.2F);
}

}  // namespace semscope::demo
