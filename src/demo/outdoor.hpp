#pragma once

#include "stage.hpp"

namespace semscope::demo {

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
