#pragma once

#include "stage.hpp"

namespace semscope::demo {

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

}  // namespace semscope::demo
