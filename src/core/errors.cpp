#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope {

std::string describe_problems(const std::vector<std::string>& problems, std::size_t total, std::size_t shown) {
    if (total == 1 && problems.size() == 1) return problems.front();
    std::string message = fmt::format("{} problems:", total);
    const std::size_t listed = std::min(shown, problems.size());
    for (std::size_t i = 0; i < listed; ++i) message += "\n  " + problems[i];
    if (listed < total) message += fmt::format("\n  ... and {} more", total - listed);
    return message;
}

void Problems::throw_if_any(std::size_t shown) const {
    if (!list_.empty()) throw InputError(describe_problems(list_, list_.size(), shown));
}

}  // namespace semscope
