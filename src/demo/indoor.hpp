#pragma once

#include "semscope/demo/picture.hpp"
#include "stage.hpp"

namespace semscope::demo {

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

}  // namespace semscope::demo
