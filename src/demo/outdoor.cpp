#include "deciding_objects.hpp"
#include "landscape.hpp"
#include "layout.hpp"
#include "solids.hpp"

#include <algorithm>
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

}  // namespace semscope::demo
