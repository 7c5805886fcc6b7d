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

const SceneFacts& facts_of(Scene scene) {
    static const std::array<SceneFacts, scene_count> table{{
        {"bathroom", true, {Semantic::bathtub, Semantic::toilet}},
        {"bedroom", true, {Semantic::bed}},
        {"coast", false, {Semantic::sea, Semantic::sand}},
        {"field", false, {Semantic::field}},
        {"kitchen", true, {Semantic::stove, Semantic::refrigerator}},
        {"mountain", false, {Semantic::mountain}},
        {"office", true, {Semantic::desk, Semantic::computer}},
        {"street", false, {Semantic::building, Semantic::car}},
    }};
    return table.at(static_cast<std::size_t>(scene));
}

std::string categories_text() {
    std::string text;
    for (const Scene scene : all_scenes) {
        const std::string_view name = facts_of(scene).name;
        fmt::format_to(std::back_inserter(text), "/{}/{} {}\n", name.front(), name, static_cast<int>(scene));
    }
    return text;
}

}  // namespace semscope::demo
