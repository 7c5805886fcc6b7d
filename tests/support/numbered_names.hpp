#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

namespace semscope::testing_support {

/// Names of `count` semantic classes: "unlabelled", "class 1" and so on.
inline std::vector<std::string> numbered_names(std::size_t count) {
    std::vector<std::string> names{"unlabelled"};
    while (names.size() < count) names.push_back(fmt::format("class {}", names.size()));
    return names;
}

}  // namespace semscope::testing_support
