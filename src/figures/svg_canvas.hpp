#pragma once

#include "semscope/figures/canvas.hpp"

#include <string>

namespace semscope::figures {

/// Writes SVG 1.1. Cairo's own SVG surface turns text into outlines and keeps no numbers, hence this one.
class SvgCanvas final : public Canvas {
  public:
    SvgCanvas(Size size, const std::string& title);

    void line(Point from, Point to, const Pen& pen) override;
    void path(const std::vector<Point>& points, const Pen& pen) override;
    void rectangle(const Rect& area, const Paint& paint) override;
    void polygon(const std::vector<Point>& corners, const Paint& paint) override;
    void circle(Point centre, double radius, const Paint& paint) override;
    void text(Point position, const std::string& text, const TextStyle& style) override;
    void image(const Rect& area, const data::Image& image, Sampling sampling) override;
    void begin_group(const Note& note) override;
    void end_group() override;

    /// The document. Ends the drawing.
    std::string finish();

  private:
    std::string out_;
};

}  // namespace semscope::figures
