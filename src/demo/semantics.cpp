#include "semscope/demo/semantics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace semscope::demo {

std::string_view name_of(Semantic semantic) {
    if (semantic == Semantic::unlabelled) return "unlabelled";
    return ade20k_names.at(static_cast<std::size_t>(semantic) - 1);
}

std::string object_info_text() {
    std::string text = "Idx\tName\n";
    for (std::size_t i = 0; i < ade20k_names.size(); ++i)
        fmt::format_to(std::back_inserter(text), "{}\t{}\n", i + 1, ade20k_names[i]);
    return text;
}

}  // namespace semscope::demo
