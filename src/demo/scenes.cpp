#include "semscope/demo/scenes.hpp"

#include <fmt/format.h>

#include <iterator>

namespace semscope::demo {

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
