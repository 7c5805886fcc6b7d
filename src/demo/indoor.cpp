#include "deciding_objects.hpp"
#include "furniture.hpp"
#include "layout.hpp"
#include "solids.hpp"

#include <array>

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

}  // namespace semscope::demo
