#pragma once

#include "semscope/figure/text.hpp"

#include <pango/pangocairo.h>

#include <memory>

namespace semscope::figure {

struct Unref {
    template <class Object>
    void operator()(Object* object) const {
        g_object_unref(object);
    }
};

using Layout = std::unique_ptr<PangoLayout, Unref>;

/// A laid-out line of text. Each thread has a Pango context of its own, so threads may draw at the same time.
Layout make_layout(const std::string& text, const Font& font);

/// The first line of a layout; owned by the layout.
PangoLayoutLine* line_of(const Layout& layout);

}  // namespace semscope::figure
