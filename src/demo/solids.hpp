#pragma once

#include "stage.hpp"

namespace semscope::demo {

/// An upright box: `x` is its middle, `z` its front; w, h and d run along x, y and z. Metres.
struct Box {
    float x, y, z;
    float w, h, d;
};

/// A flat rectangle from `corner` along the edges `u` and `v`, seen in perspective. `shade` scales its brightness.
void face(Stage& stage, const World& corner, const World& u, const World& v, Semantic semantic,
          const Material& material, float shade);

/// The visible faces of a box.
void solid(Stage& stage, const Box& box, Semantic semantic, const Material& material);

/// A rectangle in the plane z = box.z that looks at the camera: fronts of drawers, screens, things on a wall.
void panel(Stage& stage, float x, float y, float z, float w, float h, Semantic semantic, const Material& material,
           float shade = 1.0F);

/// A panel of one colour with a darker line around it.
void framed_panel(Stage& stage, float x, float y, float z, float w, float h, Semantic semantic,
                  const Material& material, const Colour& frame, float border);

/// A round upright body between two heights, with a radius at each end; shaded from its lit to its dark side.
void round_solid(Stage& stage, const World& foot, float radius, float h, float top_radius, Semantic semantic,
                 const Material& material);

/// The soft shadow that something with this footprint casts on the ground.
void ground_shadow(Stage& stage, float x, float z, float w, float d, float strength = 0.4F);

}  // namespace semscope::demo
