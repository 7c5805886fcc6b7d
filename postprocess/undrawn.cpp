#include "undrawn.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace semscope::postprocess {

void Undrawn::tell(const app::Log& log) const {
    for (const auto& [reason, names] : names_)
        log.info(fmt::format("{}: {} ({})", reason, names.size(), fmt::join(names, ", ")));
}

}  // namespace semscope::postprocess
