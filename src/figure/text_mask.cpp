#include "text_mask.hpp"

#include "pango.hpp"
#include "surface.hpp"

#include <cmath>

namespace semscope::figure {

TextMask mask_of(const std::string& text, const Font& font, double scale) {
    const Layout layout = make_layout(text, font);
    PangoRectangle ink;
    pango_layout_line_get_extents(line_of(layout), &ink, nullptr);
    // One pixel more on each side: antialiasing may reach beyond the extents.
    const double unit = scale * points_per_unit(font);
    const int left = static_cast<int>(std::floor(ink.x * unit)) - 1;
    const int top = static_cast<int>(std::floor(ink.y * unit)) - 1;
    const int width = static_cast<int>(std::ceil((ink.x + ink.width) * unit)) + 1 - left;
    const int height = static_cast<int>(std::ceil((ink.y + ink.height) * unit)) + 1 - top;

    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, width, height));
    require(surface.get());
    const Context context(cairo_create(surface.get()));
    cairo_translate(context.get(), -left, -top);
    cairo_scale(context.get(), scale * font.size / layout_size, scale * font.size / layout_size);
    cairo_move_to(context.get(), 0, 0);
    pango_cairo_show_layout_line(context.get(), line_of(layout));
    require(context.get());
    cairo_surface_flush(surface.get());

    TextMask mask{Bitmap(static_cast<std::size_t>(width), static_cast<std::size_t>(height)), left, top};
    const unsigned char* const data = cairo_image_surface_get_data(surface.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
    for (std::size_t y = 0; y < mask.pixels.height(); ++y)
        for (std::size_t x = 0; x < mask.pixels.width(); ++x)
            if (data[y * stride + x] != 0) mask.pixels.set(x, y);
    return mask;
}

}  // namespace semscope::figure
