#pragma once

#include "semscope/figures/canvas.hpp"

#include <cairo.h>

#include <memory>

namespace semscope::figures {

struct DestroySurface {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;

struct DestroyContext {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Context = std::unique_ptr<cairo_t, DestroyContext>;

/// Throws LibraryError with Cairo's reason when the object is in error.
void require(cairo_surface_t* surface);
void require(cairo_t* context);

/// Draws with Cairo, on image and PDF surfaces.
class CairoCanvas final : public Canvas {
  public:
    /// `context` is borrowed. `pixels` says that the surface is made of pixels.
    CairoCanvas(cairo_t* context, bool pixels) : context_(context), pixels_(pixels) {}

    void line(Point from, Point to, const Pen& pen) override;
    void path(const std::vector<Point>& points, const Pen& pen) override;
    void rectangle(const Rect& area, const Paint& paint) override;
    void polygon(const std::vector<Point>& corners, const Paint& paint) override;
    void circle(Point centre, double radius, const Paint& paint) override;
    void text(Point position, const std::string& text, const TextStyle& style) override;
    void image(const Rect& area, const data::Image& image, Sampling sampling) override;
    void begin_group(const Note&) override {}
    void end_group() override {}

  private:
    void set_colour(Rgb colour, double opacity = 1);
    void stroke(const Pen& pen);
    void apply(const Paint& paint);

    cairo_t* context_;
    bool pixels_;
};

}  // namespace semscope::figures
