#include "cairo_canvas.hpp"

#include "pango.hpp"
#include "semscope/core/errors.hpp"

#include <cstring>
#include <numbers>
#include <string>

namespace semscope::figures {
namespace {

void require_success(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS) throw LibraryError(std::string("Cairo: ") + cairo_status_to_string(status));
}

}  // namespace

void require(cairo_surface_t* surface) { require_success(cairo_surface_status(surface)); }

void require(cairo_t* context) { require_success(cairo_status(context)); }
namespace {

double shift_of(Anchor anchor, double width) {
    switch (anchor) {
        case Anchor::middle:
            return -width / 2;
        case Anchor::end:
            return -width;
        case Anchor::start:
            break;
    }
    return 0;
}

/// A Cairo surface with the pixels of an image.
Surface surface_of(const data::Image& image) {
    Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(image.width()),
                                               static_cast<int>(image.height())));
    require(surface.get());
    unsigned char* const data = cairo_image_surface_get_data(surface.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
    for (std::size_t y = 0; y < image.height(); ++y)
        for (std::size_t x = 0; x < image.width(); ++x) {
            const Rgb colour = colour_at(image, x, y);
            const std::uint32_t pixel =
                std::uint32_t{colour.red} << 16 | std::uint32_t{colour.green} << 8 | colour.blue;
            std::memcpy(data + y * stride + 4 * x, &pixel, sizeof pixel);
        }
    cairo_surface_mark_dirty(surface.get());
    return surface;
}

}  // namespace

void CairoCanvas::set_colour(Rgb colour, double opacity) {
    const double red = colour.red / 255.0, green = colour.green / 255.0, blue = colour.blue / 255.0;
    if (opacity < 1)
        cairo_set_source_rgba(context_, red, green, blue, opacity);
    else
        cairo_set_source_rgb(context_, red, green, blue);
}

void CairoCanvas::stroke(const Pen& pen) {
    set_colour(pen.colour);
    cairo_set_line_width(context_, pen.width);
    cairo_set_dash(context_, pen.dash.data(), static_cast<int>(pen.dash.size()), 0);
    cairo_stroke(context_);
}

void CairoCanvas::apply(const Paint& paint) {
    if (paint.fill) {
        set_colour(*paint.fill, paint.opacity);
        cairo_fill_preserve(context_);
    }
    if (paint.outline)
        stroke(*paint.outline);
    else
        cairo_new_path(context_);
}

void CairoCanvas::line(Point from, Point to, const Pen& pen) {
    cairo_move_to(context_, from.x, from.y);
    cairo_line_to(context_, to.x, to.y);
    stroke(pen);
}

void CairoCanvas::path(const std::vector<Point>& points, const Pen& pen) {
    for (const Point point : points) cairo_line_to(context_, point.x, point.y);
    cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
    stroke(pen);
    cairo_set_line_join(context_, CAIRO_LINE_JOIN_MITER);
}

void CairoCanvas::rectangle(const Rect& area, const Paint& paint) {
    cairo_rectangle(context_, area.x, area.y, area.width, area.height);
    apply(paint);
}

void CairoCanvas::polygon(const std::vector<Point>& corners, const Paint& paint) {
    for (const Point corner : corners) cairo_line_to(context_, corner.x, corner.y);
    cairo_close_path(context_);
    apply(paint);
}

void CairoCanvas::circle(Point centre, double radius, const Paint& paint) {
    cairo_new_sub_path(context_);
    cairo_arc(context_, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
    cairo_close_path(context_);
    apply(paint);
}

void CairoCanvas::text(Point position, const std::string& text, const TextStyle& style) {
    const Layout layout = make_layout(text, style.font);
    PangoRectangle logical;
    pango_layout_line_get_extents(line_of(layout), nullptr, &logical);
    const double scale = style.font.size / layout_size;
    cairo_save(context_);
    cairo_translate(context_, position.x, position.y);
    cairo_rotate(context_, -style.rotation * std::numbers::pi / 180);
    cairo_scale(context_, scale, scale);
    const double start = shift_of(style.anchor, static_cast<double>(logical.width) / PANGO_SCALE);
    if (style.halo) {
        cairo_move_to(context_, start, 0);
        pango_cairo_layout_line_path(context_, line_of(layout));
        cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
        stroke({*style.halo, 2 * style.halo_width / scale, {}});
    }
    cairo_move_to(context_, start, 0);
    set_colour(style.colour);
    pango_cairo_show_layout_line(context_, line_of(layout));
    cairo_restore(context_);
    cairo_new_path(context_);
}

void CairoCanvas::image(const Rect& area, const data::Image& image, Sampling sampling) {
    check(image);
    const Surface surface = surface_of(image);
    cairo_save(context_);
    cairo_rectangle(context_, area.x, area.y, area.width, area.height);
    cairo_clip(context_);
    cairo_translate(context_, area.x, area.y);
    cairo_scale(context_, area.width / static_cast<double>(image.width()),
                area.height / static_cast<double>(image.height()));
    cairo_set_source_surface(context_, surface.get(), 0, 0);
    cairo_pattern_t* const pattern = cairo_get_source(context_);
    cairo_pattern_set_filter(pattern, sampling == Sampling::nearest ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    // Without padding the border pixels would fade into the ground; PDF has no such fading.
    if (pixels_) cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
    cairo_paint(context_);
    cairo_restore(context_);
}

}  // namespace semscope::figures
