#include "rest_of_network.hpp"

#include <algorithm>

namespace semscope::incremental {

std::optional<torch::jit::Module> rest_of_network(const torch::jit::Module& module, std::size_t first,
                                                  const std::vector<Place>& places) {
    torch::jit::Module rest = module.clone();
    const auto graph = rest.get_method("forward").graph();
    std::vector<torch::jit::Node*> nodes;
    for (torch::jit::Node* node : graph->nodes()) nodes.push_back(node);
    torch::jit::Value* const input = graph->inputs()[1];
    if (first == 0 || first > nodes.size()) return std::nullopt;
    std::vector<torch::jit::Value*> values;
    for (const Place& place : places) values.push_back(nodes.at(place.node)->output(place.output));
    for (torch::jit::Value* value : values) value->replaceAllUsesAfterNodeWith(nodes[first - 1], input);
    // What nobody reads any more goes, also where it works in place. What stays must not have read the photos.
    for (std::size_t i = first; i-- > 0;) {
        if (!nodes[i]->hasUses()) {
            nodes[i]->destroy();
            continue;
        }
        const auto inputs = nodes[i]->inputs();
        if (!nodes[i]->blocks().empty() || std::find(inputs.begin(), inputs.end(), input) != inputs.end())
            return std::nullopt;
    }
    return rest;
}

}  // namespace semscope::incremental
