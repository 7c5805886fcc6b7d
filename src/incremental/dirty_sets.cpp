#include "dirty_sets.hpp"

#include <algorithm>

namespace semscope::incremental {

DirtySets::DirtySets(const Graph& graph) : of_map_(graph.maps.size(), -1) {
    const Shape& input = graph.maps[static_cast<std::size_t>(graph.input)];
    of_map_[static_cast<std::size_t>(graph.input)] = add({input.height, input.width});
    for (const Operation& operation : graph.operations)
        of_map_[static_cast<std::size_t>(operation.output)] = find(graph, operation);
}

int DirtySets::add(const DirtySet& set) {
    const auto known = std::find(sets_.begin(), sets_.end(), set);
    if (known != sets_.end()) return static_cast<int>(known - sets_.begin());
    sets_.push_back(set);
    return static_cast<int>(sets_.size()) - 1;
}

int DirtySets::find(const Graph& graph, const Operation& operation) {
    const Shape& output = graph.maps[static_cast<std::size_t>(operation.output)];
    DirtySet made{output.height, output.width};
    const bool through_window = operation.has_window() && !operation.window.is_pixel();
    if (through_window) {
        made.seen = of_map(operation.inputs[0]);
        made.window = operation.window;
    } else {
        for (const int input : operation.inputs) made.joined.push_back(of_map(input));
    }
    if (operation.residual >= 0) made.joined.push_back(of_map(operation.residual));
    std::sort(made.joined.begin(), made.joined.end());
    made.joined.erase(std::unique(made.joined.begin(), made.joined.end()), made.joined.end());
    if (!through_window && made.joined.size() == 1) {
        const DirtySet& only = sets_[static_cast<std::size_t>(made.joined.front())];
        if (only.height == made.height && only.width == made.width) return made.joined.front();
    }
    return add(made);
}

}  // namespace semscope::incremental
