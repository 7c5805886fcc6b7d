#pragma once

#include "semscope/figures/canvas.hpp"
#include "semscope/figures/picture.hpp"

namespace semscope::figures {

/// A canvas that draws on another one, smaller or larger and from another corner: a picture inside a picture. Text
/// stays text.
class PlacedCanvas final : public Canvas {
  public:
    /// `target` must outlive this.
    PlacedCanvas(Canvas& target, Point corner, double scale) : target_(target), corner_(corner), scale_(scale) {}

    void line(Point from, Point to, const Pen& pen) override { target_.line(at(from), at(to), scaled(pen)); }
    void path(const std::vector<Point>& points, const Pen& pen) override { target_.path(at(points), scaled(pen)); }
    void rectangle(const Rect& area, const Paint& paint) override { target_.rectangle(at(area), scaled(paint)); }
    void polygon(const std::vector<Point>& corners, const Paint& paint) override {
        target_.polygon(at(corners), scaled(paint));
    }
    void circle(Point centre, double radius, const Paint& paint) override {
        target_.circle(at(centre), radius * scale_, scaled(paint));
    }
    void text(Point position, const std::string& text, const TextStyle& style) override {
        TextStyle placed = style;
        placed.font.size *= scale_;
        placed.halo_width *= scale_;
        target_.text(at(position), text, placed);
    }
    void image(const Rect& area, const data::Image& image, Sampling sampling) override {
        target_.image(at(area), image, sampling);
    }
    void begin_group(const Note& note) override { target_.begin_group(note); }
    void end_group() override { target_.end_group(); }

  private:
    Point at(Point point) const { return {corner_.x + scale_ * point.x, corner_.y + scale_ * point.y}; }
    std::vector<Point> at(const std::vector<Point>& points) const {
        std::vector<Point> placed;
        placed.reserve(points.size());
        for (const Point& point : points) placed.push_back(at(point));
        return placed;
    }
    Rect at(const Rect& area) const {
        const Point corner = at(Point{area.x, area.y});
        return {corner.x, corner.y, scale_ * area.width, scale_ * area.height};
    }
    Pen scaled(Pen pen) const {
        pen.width *= scale_;
        for (double& length : pen.dash) length *= scale_;
        return pen;
    }
    Paint scaled(Paint paint) const {
        if (paint.outline) paint.outline = scaled(*paint.outline);
        return paint;
    }

    Canvas& target_;
    Point corner_;
    double scale_;
};

}  // namespace semscope::figures
