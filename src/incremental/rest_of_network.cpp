#include "rest_of_network.hpp"

#include <unordered_set>

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
    std::unordered_set<const torch::jit::Value*> of_photos{input};
    std::vector<torch::jit::Node*> left;
    for (std::size_t i = first; i-- > 0;) {
        if (nodes[i]->hasUses())
            left.push_back(nodes[i]);
        else
            nodes[i]->destroy();
    }
    for (auto node = left.rbegin(); node != left.rend(); ++node) {
        if (!(*node)->blocks().empty()) return std::nullopt;
        for (const torch::jit::Value* read : (*node)->inputs())
            if (of_photos.count(read) != 0) return std::nullopt;
    }
    return rest;
}

}  // namespace semscope::incremental
