#include "semscope/figures/canvas.hpp"

#include <fmt/format.h>

namespace semscope::figures {

std::string exact(double value) { return fmt::format("{}", value); }

}  // namespace semscope::figures
