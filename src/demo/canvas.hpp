#pragma once

#include "semscope/demo/semantics.hpp"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <concepts>
#include <vector>

namespace semscope::demo {

using Colour = cv::Vec3f;  ///< red, green, blue in 0..1 (values outside are clipped at the end)
using Point = cv::Point2f;
using Polygon = std::vector<Point>;

/// A photo and its label map, drawn together so that they always agree.
class Canvas {
  public:
    static constexpr int size = 256;

    Canvas();

    /// Fills a polygon (screen coordinates, may leave the canvas) with the class and with shader(x, y) -> Colour.
    /// Edges of the photo are anti-aliased; a pixel takes the label when it is covered at least by half.
    template <std::invocable<float, float> Shader>
    void paint(const Polygon& polygon, Semantic semantic, Shader&& shader) {
        const cv::Rect area = rasterise(polygon);
        for (int y = area.y; y < area.y + area.height; ++y) {
            const uchar* coverage = mask_.ptr<uchar>(y);
            for (int x = area.x; x < area.x + area.width; ++x) {
                if (coverage[x] == 0) continue;
                const float alpha = static_cast<float>(coverage[x]) / 255.0F;
                Colour& pixel = photo_(y, x);
                const Colour colour = shader(static_cast<float>(x), static_cast<float>(y));
                pixel += alpha * (colour - pixel);
                if (coverage[x] >= 128) label_(y, x) = static_cast<uchar>(semantic);
            }
        }
    }

    /// The same with one colour.
    void paint(const Polygon& polygon, Semantic semantic, const Colour& colour) {
        paint(polygon, semantic, [&](float, float) { return colour; });
    }

    /// Multiplies the photo inside the polygon by 1 - strength, with edges softened over `softness` pixels.
    /// Labels stay: a shadow belongs to what it falls on.
    void shade(const Polygon& polygon, float strength, int softness);

    cv::Mat3f& photo() { return photo_; }
    cv::Mat1b& label() { return label_; }

  private:
    /// Draws the polygon's coverage into mask_ and returns the rectangle of it that can be non-zero.
    cv::Rect rasterise(const Polygon& polygon);

    cv::Mat3f photo_;
    cv::Mat1b label_;
    cv::Mat1b mask_;
};

/// An axis-parallel ellipse as a polygon.
Polygon ellipse(Point centre, float radius_x, float radius_y);

/// A thick line as a polygon.
Polygon stroke(Point from, Point to, float width);

}  // namespace semscope::demo
