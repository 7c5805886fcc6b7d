#pragma once

#include "canvas.hpp"
#include "material.hpp"
#include "semscope/demo/picture.hpp"
#include "semscope/demo/random_stream.hpp"

namespace semscope::demo {

/// The lower and the right edge of a picture, pixels.
inline constexpr float edge = Canvas::size;

/// A point of the drawn world in metres: x to the right, y up from the ground, z away from the camera.
using World = cv::Point3f;

/// A pinhole camera at (x, eye, 0) that looks along z, with a shifted lens instead of a tilt: verticals stay vertical.
struct Camera {
    float focal = 215.0F;    ///< pixels
    float x = 0.0F;          ///< metres
    float eye = 1.45F;       ///< metres above the ground
    float centre = 128.0F;   ///< column of the vanishing point
    float horizon = 112.0F;  ///< row of the vanishing point

    Point project(const World& p) const {
        return {centre + focal * (p.x - x) / p.z, horizon + focal * (eye - p.y) / p.z};
    }
    /// Depth of the ground point seen in row y, which lies below the horizon.
    float depth_of_row(float y) const { return focal * eye / std::max(0.25F, y - horizon); }
    float row_of_depth(float z) const { return horizon + focal * eye / z; }
    float world_x(float column, float z) const { return x + (column - centre) * z / focal; }
};

/// How bright the faces of a solid are, by the direction they look.
struct Light {
    float left = 0.75F;
    float right = 0.95F;
    float top = 1.08F;
    float front = 0.92F;
};

/// Everything that drawing one picture needs.
struct Stage {
    explicit Stage(const RandomStream& stream) : random(stream) {}

    Canvas canvas;
    Camera camera;
    Light light;
    RandomStream random;
    float width = 4.4F;   ///< of the room, metres
    float depth = 4.6F;   ///< distance of the back wall, metres
    float height = 2.6F;  ///< of the room, metres
};

/// Draws a furnished room around the deciding objects.
void draw_indoor(Stage& stage, const Contents& contents);

/// Draws a landscape around the deciding objects.
void draw_outdoor(Stage& stage, const Contents& contents);

bool shows(const Contents& contents, Semantic semantic);

// The objects that decide a scene. `x` is the middle, `z` the front, both in metres.

void draw_bed(Stage& stage, float x);
void draw_stove(Stage& stage, float x);
void draw_refrigerator(Stage& stage, float x);
void draw_bathtub(Stage& stage, float x);
void draw_toilet(Stage& stage, float x);
void draw_desk(Stage& stage, float x, float z);
/// A screen with keyboard on a surface of this height.
void draw_computer(Stage& stage, float x, float z, float surface);

void draw_mountains(Stage& stage);
void draw_buildings(Stage& stage);
/// `z` is where the car stands; the nearer, the larger it appears.
void draw_car(Stage& stage, float x, float z);
/// The sea from the horizon down to row `shore`, sand from row `shore` down, a field over the whole ground.
void draw_sea(Stage& stage, float shore);
void draw_sand(Stage& stage, float shore);
void draw_field(Stage& stage, float far_row, float near_row);

// The surroundings that all indoor scenes share. `x` is the middle, `z` the front, both in metres.

void draw_room(Stage& stage);  ///< walls, floor and ceiling

void draw_cabinet(Stage& stage, float x, float z);
void draw_shelf(Stage& stage, float x, float z);
void draw_table(Stage& stage, float x, float z);
void draw_chair(Stage& stage, float x, float z);
void draw_lamp(Stage& stage, float x, float z);
void draw_plant(Stage& stage, float x, float z);
void draw_rug(Stage& stage, float x, float z);
void draw_parcel(Stage& stage, float x, float z);  ///< a thing without a class: unlabelled

// Things on the back wall.
void draw_door(Stage& stage, float x);
void draw_window(Stage& stage, float x);
void draw_painting(Stage& stage, float x);
void draw_mirror(Stage& stage, float x);
void draw_clock(Stage& stage, float x);

// The surroundings that all outdoor scenes share. `x` and `z` are metres on the ground.

void draw_sky(Stage& stage);
void draw_open_ground(Stage& stage);  ///< grass with patches of bare earth, to the horizon
void draw_road(Stage& stage);
void draw_tree_line(Stage& stage);  ///< a far wood along part of the horizon

void draw_tree(Stage& stage, float x, float z);
void draw_house(Stage& stage, float x, float z);
void draw_fence(Stage& stage, float z);
void draw_rock(Stage& stage, float x, float z);
void draw_person(Stage& stage, float x, float z);
void draw_bench(Stage& stage, float x, float z);
void draw_streetlight(Stage& stage, float x, float z);
void draw_signboard(Stage& stage, float x, float z);

/// The ground between two rows as a polygon whose edges waver by up to `waver` pixels; the upper edge only when asked.
Polygon ground_strip(Stage& stage, float top, float bottom, float waver);

}  // namespace semscope::demo
