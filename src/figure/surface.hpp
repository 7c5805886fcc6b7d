#pragma once

#include <cairo.h>

#include <memory>

namespace semscope::figure {

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

}  // namespace semscope::figure
