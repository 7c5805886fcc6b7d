#include "surface.hpp"

#include "semscope/base/error.hpp"

#include <string>

namespace semscope::figure {
namespace {

void require_success(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS) throw LibraryError(std::string("Cairo: ") + cairo_status_to_string(status));
}

}  // namespace

void require(cairo_surface_t* surface) { require_success(cairo_surface_status(surface)); }

void require(cairo_t* context) { require_success(cairo_status(context)); }

}  // namespace semscope::figure
