#include "canvas.hpp"

#include <cmath>
#include <numbers>

namespace semscope::demo {
namespace {

constexpr int fixed_point_bits = 4;
constexpr float far_outside = 4000.0F;  // keeps fixed-point coordinates in range

std::vector<cv::Point> to_fixed_point(const Polygon& polygon) {
    std::vector<cv::Point> points;
    points.reserve(polygon.size());
    const auto fixed = [](float value) {
        return static_cast<int>(std::lround(std::clamp(value, -far_outside, far_outside) * (1 << fixed_point_bits)));
    };
    for (const Point& point : polygon) points.emplace_back(fixed(point.x), fixed(point.y));
    return points;
}

}  // namespace

Canvas::Canvas() : photo_(size, size, Colour(0, 0, 0)), label_(size, size, uchar{0}), mask_(size, size, uchar{0}) {}

cv::Rect Canvas::rasterise(const Polygon& polygon) {
    float left = far_outside, right = -far_outside, top = far_outside, bottom = -far_outside;
    for (const Point& point : polygon) {
        left = std::min(left, point.x);
        right = std::max(right, point.x);
        top = std::min(top, point.y);
        bottom = std::max(bottom, point.y);
    }
    const auto low = [](float value) { return std::clamp(static_cast<int>(std::floor(value)) - 1, 0, size); };
    const auto high = [](float value) { return std::clamp(static_cast<int>(std::ceil(value)) + 2, 0, size); };
    const cv::Rect area(cv::Point(low(left), low(top)), cv::Point(high(right), high(bottom)));
    if (area.empty()) return {};
    mask_(area).setTo(0);
    cv::fillPoly(mask_, std::vector{to_fixed_point(polygon)}, cv::Scalar(255), cv::LINE_AA, fixed_point_bits);
    return area;
}

void Canvas::shade(const Polygon& polygon, float strength, int softness) {
    const cv::Rect area = rasterise(polygon);
    if (area.empty()) return;
    // rasterise() clears only its own rectangle, so the soft edge is made in a copy with room around it.
    const cv::Rect all(0, 0, size, size);
    const cv::Rect wide =
        cv::Rect(area.x - softness, area.y - softness, area.width + 2 * softness, area.height + 2 * softness) & all;
    cv::Mat1f soft(wide.size(), 0.0F);
    cv::Mat1f inner = soft(cv::Rect(area.tl() - wide.tl(), area.size()));
    mask_(area).convertTo(inner, CV_32F, 1.0 / 255.0);
    const cv::Size kernel(2 * (softness / 2) + 1, 2 * (softness / 2) + 1);
    cv::blur(soft, soft, kernel, cv::Point(-1, -1), cv::BORDER_REPLICATE);
    cv::blur(soft, soft, kernel, cv::Point(-1, -1), cv::BORDER_REPLICATE);
    for (int y = 0; y < wide.height; ++y)
        for (int x = 0; x < wide.width; ++x) photo_(wide.y + y, wide.x + x) *= 1.0F - strength * soft(y, x);
}

Polygon ellipse(Point centre, float radius_x, float radius_y) {
    constexpr int corners = 36;
    Polygon polygon;
    for (int i = 0; i < corners; ++i) {
        const float angle = 2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / corners;
        polygon.emplace_back(centre.x + radius_x * std::cos(angle), centre.y + radius_y * std::sin(angle));
    }
    return polygon;
}

Polygon stroke(Point from, Point to, float width) {
    const Point along = to - from;
    const float length = std::max(1e-3F, std::hypot(along.x, along.y));
    const Point across(-along.y * width / (2.0F * length), along.x * width / (2.0F * length));
    return {from + across, to + across, to - across, from - across};
}

}  // namespace semscope::demo
