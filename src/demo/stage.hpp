#pragma once

#include "canvas.hpp"
#include "material.hpp"
#include "semscope/demo/random_stream.hpp"

namespace semscope::demo {

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

}  // namespace semscope::demo
