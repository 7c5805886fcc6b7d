#include "pango.hpp"

#include "cairo_canvas.hpp"
#include "semscope/core/errors.hpp"

#include <cmath>

namespace semscope::figures {
namespace {

struct FreeDescription {
    void operator()(PangoFontDescription* description) const { pango_font_description_free(description); }
};
using Description = std::unique_ptr<PangoFontDescription, FreeDescription>;

struct FreeOptions {
    void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
};

std::unique_ptr<PangoContext, Unref> make_context() {
    const std::unique_ptr<PangoFontMap, Unref> map(pango_cairo_font_map_new());
    if (!map) throw LibraryError("Pango has no font map for Cairo");
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map.get()), 72);
    std::unique_ptr<PangoContext, Unref> context(pango_font_map_create_context(map.get()));
    // Hinting bends glyphs to the pixel grid; without it a text has the same size at every resolution and in every
    // format.
    const std::unique_ptr<cairo_font_options_t, FreeOptions> options(cairo_font_options_create());
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context.get(), options.get());
    pango_context_set_round_glyph_positions(context.get(), FALSE);
    pango_context_set_language(context.get(), pango_language_from_string("en"));
    return context;
}

PangoContext* context() {
    thread_local const std::unique_ptr<PangoContext, Unref> own = make_context();
    return own.get();
}

Description describe(const Font& font) {
    Description description(pango_font_description_new());
    pango_font_description_set_family(description.get(), font.family.c_str());
    pango_font_description_set_weight(description.get(), font.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(description.get(), layout_size * PANGO_SCALE);
    return description;
}

}  // namespace

Layout make_layout(const std::string& text, const Font& font) {
    Layout layout(pango_layout_new(context()));
    pango_layout_set_font_description(layout.get(), describe(font).get());
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    const std::string clean = printable(text);
    pango_layout_set_text(layout.get(), clean.data(), static_cast<int>(clean.size()));
    return layout;
}

PangoLayoutLine* line_of(const Layout& layout) { return pango_layout_get_line_readonly(layout.get(), 0); }

TextExtents measure(const std::string& text, const Font& font) {
    const Layout layout = make_layout(text, font);
    PangoRectangle ink, logical;
    pango_layout_line_get_extents(line_of(layout), &ink, &logical);
    const double unit = points_per_unit(font);
    return {logical.width * unit,
            PANGO_ASCENT(logical) * unit,
            PANGO_DESCENT(logical) * unit,
            {ink.x * unit, ink.y * unit, ink.width * unit, ink.height * unit}};
}

std::string installed_family(const std::string& family) {
    Font font;
    font.family = family;
    const std::unique_ptr<PangoFont, Unref> loaded(pango_context_load_font(context(), describe(font).get()));
    if (!loaded) throw LibraryError("Pango finds no font at all: install one, for instance fonts-dejavu-core");
    const Description found(pango_font_describe(loaded.get()));
    return pango_font_description_get_family(found.get());
}

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

}  // namespace semscope::figures
