#include "semscope/figure/canvas.hpp"

#include <fmt/format.h>

namespace semscope::figure {

std::string exact(double value) { return fmt::format("{}", value); }

}  // namespace semscope::figure
