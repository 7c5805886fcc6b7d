#pragma once

#include "semscope/demo/picture.hpp"

#include "stage.hpp"

namespace semscope::demo {

/// Draws a furnished room around the deciding objects.
void draw_indoor(Stage& stage, const Contents& contents);

/// Draws a landscape around the deciding objects.
void draw_outdoor(Stage& stage, const Contents& contents);

bool shows(const Contents& contents, Semantic semantic);

}  // namespace semscope::demo
