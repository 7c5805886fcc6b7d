#pragma once

#include "semscope/figure/canvas.hpp"

#include <cairo.h>

namespace semscope::figure {

/// Draws with Cairo, on image and PDF surfaces.
class CairoCanvas final : public Canvas {
  public:
    /// `context` is borrowed. `pixels` says that the surface is made of pixels.
    CairoCanvas(cairo_t* context, bool pixels) : context_(context), pixels_(pixels) {}

    void line(Point from, Point to, const Pen& pen) override;
    void rectangle(const Rect& area, const Paint& paint) override;
    void polygon(const std::vector<Point>& corners, const Paint& paint) override;
    void circle(Point centre, double radius, const Paint& paint) override;
    void text(Point position, const std::string& text, const TextStyle& style) override;
    void image(const Rect& area, const RgbImage& image, Sampling sampling) override;
    void begin_group(const Note&) override {}
    void end_group() override {}

  private:
    void set_colour(Rgb colour);
    void stroke(const Pen& pen);
    void apply(const Paint& paint);

    cairo_t* context_;
    bool pixels_;
};

}  // namespace semscope::figure
