#include "material.hpp"
#include "solids.hpp"
#include "stage.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace semscope::demo {
namespace {

/// Something that stands on the ground, drawn in its turn from far to near.
struct Item {
    float z;
    std::function<void()> draw;
};

void choose_viewpoint(Stage& stage) {
    RandomStream& random = stage.random;
    stage.camera.eye = random.uniform(1.7F, 2.4F);
    stage.camera.horizon = random.uniform(104.0F, 132.0F);
    if (random.chance(0.5F)) std::swap(stage.light.left, stage.light.right);
}

/// Lays the deciding ground. Returns the depth beyond which nothing can stand, since there is water.
float draw_ground(Stage& stage, const Contents& contents) {
    RandomStream& random = stage.random;
    const float horizon = stage.camera.horizon;
    const bool sea = shows(contents, Semantic::sea), sand = shows(contents, Semantic::sand);
    const float shore = horizon + random.uniform(28.0F, 55.0F);
    if (sea) draw_sea(stage, shore);
    if (sea && !sand) {
        Stage below(stage.random);  // the land this side of the water, in the ground's own look
        below.camera = stage.camera;
        draw_open_ground(below);
        const Polygon strip = ground_strip(stage, shore, Canvas::size + 2.0F, 9.0F);
        stage.canvas.paint(
            strip, below.canvas.label()(Canvas::size - 2, 4) == 10 ? Semantic::grass : Semantic::earth,
            [&](float x, float y) { return below.canvas.photo()(static_cast<int>(y), static_cast<int>(x)); });
    }
    if (sand) draw_sand(stage, sea ? shore : horizon + random.uniform(8.0F, 30.0F));
    if (shows(contents, Semantic::field)) {
        const float far_row = horizon + random.uniform(1.0F, 8.0F);
        const float share = contents.distractor ? random.uniform(0.45F, 0.7F) : random.uniform(0.5F, 1.1F);
        draw_field(stage, far_row, far_row + share * (Canvas::size - far_row));
    }
    return sea ? stage.camera.depth_of_row(shore + 12.0F) : 30.0F;
}

/// A place in view at depth z.
float place(Stage& stage, float z, float low, float high) {
    const float column = stage.random.uniform(low, high) * Canvas::size;
    return stage.camera.world_x(column, z);
}

using Drawer = void (*)(Stage&, float, float);

void add(std::vector<Item>& items, Stage& stage, Drawer drawer, float nearest, float furthest) {
    const float z = stage.random.uniform(nearest, std::max(nearest + 0.2F, furthest));
    const float x = place(stage, z, 0.1F, 0.9F);
    items.push_back({z, [&stage, drawer, x, z] { drawer(stage, x, z); }});
}

void add_shared_items(std::vector<Item>& items, Stage& stage, float limit) {
    RandomStream& random = stage.random;
    const int trees = random.integer(0, 3);
    for (int i = 0; i < trees; ++i) add(items, stage, draw_tree, 7.0F, std::min(limit, 18.0F));
    if (random.chance(0.3F)) add(items, stage, draw_house, 15.0F, 24.0F);
    if (random.chance(0.4F)) add(items, stage, draw_person, 4.5F, std::min(limit, 8.0F));
    if (random.chance(0.35F)) add(items, stage, draw_rock, 3.5F, std::min(limit, 8.0F));
    if (random.chance(0.25F)) add(items, stage, draw_bench, 4.5F, std::min(limit, 7.0F));
    if (random.chance(0.35F)) add(items, stage, draw_streetlight, 6.0F, std::min(limit, 10.0F));
    if (random.chance(0.25F)) add(items, stage, draw_signboard, 4.5F, std::min(limit, 8.0F));
    if (random.chance(0.3F)) {
        const float z = random.uniform(5.5F, std::max(6.0F, std::min(limit, 11.0F)));
        items.push_back({z, [&stage, z] { draw_fence(stage, z); }});
    }
}

void add_cars(std::vector<Item>& items, Stage& stage, const Contents& contents) {
    RandomStream& random = stage.random;
    if (contents.distractor) {
        const float z = random.uniform(4.8F, 5.8F), x = place(stage, z, 0.4F, 0.6F);
        items.push_back({z, [&stage, x, z] { draw_car(stage, x, z); }});
        return;
    }
    const int cars = random.integer(1, 2);
    for (int i = 0; i < cars; ++i) {
        const float z = random.uniform(5.0F, 7.5F) + 3.5F * static_cast<float>(i), x = place(stage, z, 0.2F, 0.8F);
        items.push_back({z, [&stage, x, z] { draw_car(stage, x, z); }});
    }
}

}  // namespace

void draw_outdoor(Stage& stage, const Contents& contents) {
    RandomStream& random = stage.random;
    choose_viewpoint(stage);
    draw_sky(stage);
    if (shows(contents, Semantic::mountain)) draw_mountains(stage);
    draw_open_ground(stage);
    if (random.chance(0.6F)) draw_tree_line(stage);
    const float limit = draw_ground(stage, contents);
    if (random.chance(0.45F) && limit > 20.0F) draw_road(stage);
    if (shows(contents, Semantic::building)) draw_buildings(stage);

    std::vector<Item> items;
    add_shared_items(items, stage, limit);
    if (contents.distractor || shows(contents, Semantic::car)) add_cars(items, stage, contents);
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.z > b.z; });
    for (const Item& item : items) item.draw();
}

void draw_sky(Stage& stage) {
    RandomStream& random = stage.random;
    const float hue = random.uniform(0.54F, 0.62F), saturation = random.uniform(0.15F, 0.65F),
                value = random.uniform(0.65F, 0.95F);
    const Colour high = hsv(hue, saturation, value);
    const Colour low =
        mix(high, random.chance(0.25F) ? Colour(0.98F, 0.8F, 0.62F) : Colour(0.95F, 0.95F, 0.95F), 0.75F);
    const float clouds = random.uniform(-0.1F, 0.25F), shift = random.uniform(0.0F, 200.0F);
    const float bottom = stage.camera.horizon + 2.0F;
    stage.canvas.paint({{-2, -2}, {edge + 2, -2}, {edge + 2, bottom}, {-2, bottom}}, Semantic::sky,
                       [&](float x, float y) {
                           const float t = std::clamp(y / bottom, 0.0F, 1.0F);
                           const float thick = fractal_noise(0.016F * x + shift, 0.04F * y + shift, 4) - 0.52F + clouds;
                           const Colour air = mix(high, low, t * t);
                           return mix(air, {0.97F, 0.97F, 0.98F}, std::clamp(3.0F * thick, 0.0F, 0.9F));
                       });
}

Polygon ground_strip(Stage& stage, float top, float bottom, float waver) {
    const float shift = stage.random.uniform(0.0F, 200.0F);
    Polygon polygon;
    for (float x = -4.0F; x <= edge + 4.0F; x += 6.0F)
        polygon.emplace_back(x, top + waver * (2.0F * fractal_noise(x * 0.02F + shift, 1.5F, 2) - 1.0F));
    polygon.emplace_back(edge + 4.0F, bottom);
    polygon.emplace_back(-4.0F, bottom);
    return polygon;
}

void draw_open_ground(Stage& stage) {
    RandomStream& random = stage.random;
    const float hue = random.uniform(0.17F, 0.32F), saturation = random.uniform(0.3F, 0.6F),
                value = random.uniform(0.38F, 0.62F);
    const Colour green = hsv(hue, saturation, value);
    const float earth_hue = random.uniform(0.06F, 0.1F), earth_value = random.uniform(0.4F, 0.65F);
    const Colour brown = hsv(earth_hue, 0.38F, earth_value);
    const Camera& camera = stage.camera;
    const auto surface = [&](const Colour& base, float blades) {
        return [&camera, base, blades](float x, float y) {
            const float z = camera.depth_of_row(y), u = camera.world_x(x, z);
            const float far = std::clamp(z / 60.0F, 0.0F, 1.0F);
            const float fine = noise(x * 0.9F, y * (0.35F + blades)) * (1.0F - far) + 0.5F * far;
            const float patch = fractal_noise(u * 0.35F, z * 0.35F, 3);
            return mix(base * (0.62F + 0.4F * fine + 0.35F * patch), Colour(0.68F, 0.74F, 0.74F), 0.35F * far);
        };
    };
    const bool mostly_earth = random.chance(0.35F);
    const Colour main = mostly_earth ? brown : green, other = mostly_earth ? green : brown;
    const Semantic main_class = mostly_earth ? Semantic::earth : Semantic::grass;
    const Semantic other_class = mostly_earth ? Semantic::grass : Semantic::earth;
    stage.canvas.paint(ground_strip(stage, camera.horizon, edge + 2, 1.0F), main_class, surface(main, 0.0F));
    const int patches = random.integer(0, 2);
    for (int i = 0; i < patches; ++i) {
        const float x = random.uniform(0.0F, edge), y = random.uniform(camera.horizon + 30.0F, edge);
        const float radius = random.uniform(20.0F, 60.0F);
        Polygon blob = ellipse({x, y}, radius, radius * 0.3F);
        for (Point& p : blob) p += Point(12.0F, 4.0F) * (fractal_noise(p.x * 0.05F, p.y * 0.1F, 2) - 0.5F);
        stage.canvas.paint(blob, other_class, surface(other, 0.2F));
    }
}

void draw_road(Stage& stage) {
    RandomStream& random = stage.random;
    const Camera& camera = stage.camera;
    const float half = random.uniform(1.5F, 2.4F), start = random.uniform(-2.0F, 2.0F),
                drift = random.uniform(-0.25F, 0.25F);
    const bool paved = random.chance(0.6F);
    const float tone = random.uniform(0.3F, 0.5F);
    const Colour asphalt = paved ? Colour(tone, tone, tone * 1.04F) : Colour(tone + 0.25F, tone + 0.15F, tone);
    const auto middle = [&](float z) { return start + drift * z + 0.004F * z * z * drift; };
    Polygon left, right;
    for (float z = 1.2F; z < 70.0F; z *= 1.25F) {
        left.push_back(camera.project({middle(z) - half, 0, z}));
        right.push_back(camera.project({middle(z) + half, 0, z}));
    }
    left.insert(left.end(), right.rbegin(), right.rend());
    stage.canvas.paint(left, Semantic::road, [&](float x, float y) {
        const float z = camera.depth_of_row(y), across = camera.world_x(x, z) - middle(z);
        const bool dash = paved && std::abs(across) < 0.07F && std::fmod(z, 2.4F) < 1.4F;
        if (dash) return Colour(0.88F, 0.87F, 0.8F);
        return asphalt *
               (0.88F + 0.24F * noise(x * 0.8F, y * 0.8F) - (std::abs(std::abs(across) - 0.8F) < 0.2F ? 0.06F : 0.0F));
    });
}

void draw_tree_line(Stage& stage) {
    RandomStream& random = stage.random;
    const Colour leaves = mix(leaf_colour(random), {0.55F, 0.65F, 0.7F}, 0.35F);
    const float from = random.uniform(-60.0F, 140.0F), length = random.uniform(90.0F, 220.0F),
                tall = random.uniform(8.0F, 20.0F);
    const float shift = random.uniform(0.0F, 200.0F), foot = stage.camera.horizon + 2.0F;
    Polygon polygon{{from + length, foot}, {from, foot}};
    for (float x = from; x <= from + length; x += 2.5F) {
        const float fade = std::min({1.0F, (x - from) / 25.0F, (from + length - x) / 25.0F});
        polygon.emplace_back(x, foot - tall * fade * (0.45F + 0.8F * fractal_noise(x * 0.12F + shift, 0.5F, 3)));
    }
    stage.canvas.paint(polygon, Semantic::tree, [&](float x, float y) {
        return leaves * (0.65F + 0.7F * fractal_noise(x * 0.25F, y * 0.3F, 2));
    });
}

}  // namespace semscope::demo
