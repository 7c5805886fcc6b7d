#pragma once

#include "bitmap.hpp"
#include "semscope/figures/text.hpp"

#include <pango/pangocairo.h>

#include <memory>
#include <string>

namespace semscope::figures {

struct Unref {
    template <class Object>
    void operator()(Object* object) const {
        g_object_unref(object);
    }
};

using Layout = std::unique_ptr<PangoLayout, Unref>;

/// Every layout is made at this font size and scaled when measured or drawn. Nothing is hinted, so that scaling is
/// exact; and Pango, which keeps each size of a font that it ever met, meets one size only.
inline constexpr double layout_size = 64;

/// Factor from the lengths of a layout, in Pango units, to points.
inline double points_per_unit(const Font& font) { return font.size / layout_size / PANGO_SCALE; }

/// A line of text, laid out at `layout_size` whatever the size of the font. Each thread has a Pango context of its own,
/// so threads may draw at the same time.
Layout make_layout(const std::string& text, const Font& font);

/// The first line of a layout; owned by the layout.
PangoLayoutLine* line_of(const Layout& layout);

/// The pixels that a text touches, however lightly.
struct TextMask {
    Bitmap pixels;
    int left = 0;  ///< of the mask's corner, in pixels from the start of the baseline
    int top = 0;   ///< negative: above the baseline
};

/// Draws a text at `scale` pixels a point, its baseline starting on a corner of the pixel grid.
TextMask mask_of(const std::string& text, const Font& font, double scale);

}  // namespace semscope::figures
