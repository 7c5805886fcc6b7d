#include "solids.hpp"

#include <cmath>

namespace semscope::demo {
namespace {

constexpr float nearest = 0.35F;  // nothing is drawn closer to the camera than this

float length(const World& p) { return std::sqrt(p.dot(p)); }

}  // namespace

void face(Stage& stage, const World& corner, const World& u, const World& v, Semantic semantic,
          const Material& material, float shade) {
    World corners[4] = {corner, corner + u, corner + u + v, corner + v};
    for (World& p : corners) p.z = std::max(p.z, nearest);
    Polygon polygon;
    for (const World& p : corners) polygon.push_back(stage.camera.project(p));
    if (std::abs(cv::contourArea(polygon)) < 1.0) return;  // edge-on

    const float width = length(u), height = length(v);
    const Polygon surface{{0.0F, 0.0F}, {width, 0.0F}, {width, height}, {0.0F, height}};
    const cv::Matx33d map = cv::getPerspectiveTransform(polygon, surface);
    stage.canvas.paint(polygon, semantic, [&](float x, float y) {
        const cv::Vec3d h = map * cv::Vec3d(x, y, 1.0);
        return material.at(static_cast<float>(h[0] / h[2]), static_cast<float>(h[1] / h[2])) * shade;
    });
}

void solid(Stage& stage, const Box& box, Semantic semantic, const Material& material) {
    const float left = box.x - box.w / 2, right = box.x + box.w / 2, top = box.y + box.h;
    const World w(box.w, 0, 0), h(0, box.h, 0), d(0, 0, box.d);
    if (stage.camera.eye > top) face(stage, {left, top, box.z}, w, d, semantic, material, stage.light.top);
    if (stage.camera.x < left) face(stage, {left, box.y, box.z}, d, h, semantic, material, stage.light.left);
    if (stage.camera.x > right) face(stage, {right, box.y, box.z}, d, h, semantic, material, stage.light.right);
    face(stage, {left, box.y, box.z}, w, h, semantic, material, stage.light.front);
}

void panel(Stage& stage, float x, float y, float z, float w, float h, Semantic semantic, const Material& material,
           float shade) {
    face(stage, {x - w / 2, y, z}, {w, 0, 0}, {0, h, 0}, semantic, material, shade);
}

void framed_panel(Stage& stage, float x, float y, float z, float w, float h, Semantic semantic,
                  const Material& material, const Colour& frame, float border) {
    panel(stage, x, y, z, w, h, semantic, {Material::Kind::plain, frame, frame, 0.3F, 0.0F});
    panel(stage, x, y + border, z, w - 2 * border, h - 2 * border, semantic, material, stage.light.front);
}

void round_solid(Stage& stage, const World& foot, float radius, float h, float top_radius, Semantic semantic,
                 const Material& material) {
    const Camera& camera = stage.camera;
    const Point low = camera.project(foot);
    const Point high = camera.project(foot + World(0, h, 0));
    const float scale = camera.focal / foot.z;
    // Seen from above, a circle of radius r at height y is an ellipse with this height to width.
    const auto flatness = [&](float y) { return std::clamp((camera.eye - y) / foot.z, -0.5F, 0.5F); };
    const Polygon rim = ellipse(high, top_radius * scale, std::abs(top_radius * scale * flatness(foot.y + h)));
    const Polygon base = ellipse(low, radius * scale, std::abs(radius * scale * flatness(foot.y)));
    Polygon both = rim;
    both.insert(both.end(), base.begin(), base.end());
    Polygon outline;
    cv::convexHull(both, outline);

    const float widest = std::max(radius, top_radius) * scale;
    const bool lit_from_left = stage.light.left > stage.light.right;
    stage.canvas.paint(outline, semantic, [&](float x, float y) {
        const float across = std::clamp((x - low.x) / widest, -1.0F, 1.0F) * (lit_from_left ? 1.0F : -1.0F);
        return material.at((x - low.x) / scale, (low.y - y) / scale) * (0.95F - 0.28F * across);
    });
    if (camera.eye > foot.y + h && top_radius > 0.02F)
        stage.canvas.paint(rim, semantic, [&](float x, float y) {
            return material.at((x - high.x) / scale, (y - high.y) / scale + 3.0F) * stage.light.top;
        });
}

void ground_shadow(Stage& stage, float x, float z, float w, float d, float strength) {
    const float margin = 0.06F;
    const float slide = stage.light.left > stage.light.right ? 0.15F : -0.15F;  // away from the light
    Polygon polygon;
    for (const World& p :
         {World(x - w / 2 - margin + slide, 0, z - margin), World(x + w / 2 + margin + slide, 0, z - margin),
          World(x + w / 2 + margin + slide, 0, z + d), World(x - w / 2 - margin + slide, 0, z + d)})
        polygon.push_back(stage.camera.project({p.x, p.y, std::max(p.z, nearest)}));
    stage.canvas.shade(polygon, strength, std::max(2, static_cast<int>(0.14F * stage.camera.focal / z)));
}

}  // namespace semscope::demo
