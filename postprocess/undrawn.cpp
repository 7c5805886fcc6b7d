#include "undrawn.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace semscope::postprocess {

void Undrawn::tell(const app::Log& log) const {
    constexpr std::size_t most = 40;
    for (const auto& [reason, names] : names_) {
        const auto shown = std::span(names).first(std::min(most, names.size()));
        const std::string rest = names.size() > most ? fmt::format(" and {} more", names.size() - most) : "";
        log.info(fmt::format("{}: {} ({}{})", reason, names.size(), fmt::join(shown, ", "), rest));
    }
}

}  // namespace semscope::postprocess
