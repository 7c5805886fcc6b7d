#include "graph_reader.hpp"

#include "operators.hpp"
#include "rest_of_network.hpp"
#include "trial_values.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <unordered_map>

namespace semscope::incremental {

namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;

/// Walks the nodes in their order. After each node, every value that depends on the photos is a map of the graph, a
/// rearrangement of one that is not finished, or a size.
class Reader {
  public:
    Reader(const torch::jit::Module& module, const at::Tensor& photos)
        : module_(module), photos_(photos), operators_(reading_.graph, values_) {}

    Reading read();

  private:
    bool read_block(const Block* block, bool outermost);
    bool read_node(const Node* node);
    bool read_branch(const Node* node);
    bool read_movement(const Node* node);
    bool depends(const Value* value) const {
        return maps_.count(value) + moved_.count(value) + sizes_.count(value) > 0;
    }
    bool has_lists_of_maps(const Node* node) const;
    bool fits(const Value* value, int map);
    bool is_free_of_photos(const Node* node) const;
    bool cut(std::size_t node);
    std::optional<int> crossing(std::size_t node) const;

    /// A map whose numbers were moved: the numbers count those of the map, all photos.
    struct Moved {
        int map = 0;
        at::Tensor places;
    };

    const torch::jit::Module& module_;
    at::Tensor photos_;
    Reading reading_;
    TrialValues values_;
    Operators operators_;
    std::unordered_map<const Value*, int> maps_;
    std::unordered_map<const Value*, Moved> moved_;
    std::unordered_map<const Value*, bool> sizes_;                    ///< numbers made of the sizes of maps
    std::vector<bool> shared_;                                        ///< maps that share their memory with others
    std::vector<const Node*> nodes_;                                  ///< of the outermost block
    std::vector<std::unordered_map<const Value*, int>> maps_before_;  ///< each of these nodes
    std::vector<std::size_t> operations_before_;
    std::vector<std::size_t> operators_before_;
};

bool is_bookkeeping(const Node* node) {
    static const std::vector<std::string> names{"size", "dim",          "len",      "numel",      "NumToTensor",
                                                "Int",  "floor_divide", "floordiv", "__getitem__"};
    return std::find(names.begin(), names.end(), node->kind().toUnqualString()) != names.end();
}

bool moves(const Node* node) {
    static const std::vector<std::string> names{"view",       "reshape", "flatten",   "transpose", "permute",
                                                "contiguous", "chunk",   "split",     "slice",     "narrow",
                                                "select",     "squeeze", "unsqueeze", "flip"};
    return std::find(names.begin(), names.end(), node->kind().toUnqualString()) != names.end();
}

Reading Reader::read() {
    const auto graph = module_.get_method("forward").graph();
    if (graph->inputs().size() != 2 || !graph->inputs()[0]->uses().empty()) {
        reading_.refused = "a module that is not frozen";
        return std::move(reading_);
    }
    const Value* const input = graph->inputs()[1];
    values_.set(input, photos_);
    reading_.graph.maps.push_back(
        {static_cast<int>(photos_.size(1)), static_cast<int>(photos_.size(2)), static_cast<int>(photos_.size(3))});
    shared_.push_back(false);
    maps_[input] = 0;
    for (const Node* node : graph->nodes()) nodes_.push_back(node);
    const bool understood = read_block(graph->block(), true);
    const auto output = maps_.find(graph->outputs()[0]);
    if (understood && output != maps_.end()) {
        reading_.graph.output = output->second;
    } else {
        if (understood) reading_.refused = "an output that is no tensor of scores";
        std::size_t place = understood ? 0 : maps_before_.size() - 1;
        while (place > 0 && !cut(place)) --place;
        if (place == 0) reading_.graph.operations.clear();
    }
    if (reading_.empty()) reading_.operators = 0;
    fuse(reading_.graph);
    return std::move(reading_);
}

bool Reader::read_block(const Block* block, bool outermost) {
    for (const Node* node : block->nodes()) {
        if (outermost) {
            maps_before_.push_back(maps_);
            operations_before_.push_back(reading_.graph.operations.size());
            operators_before_.push_back(reading_.operators);
        }
        bool understood = false;
        try {
            understood = read_node(node);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception&) {
            // An operator or an argument that no one here has thought of.
        }
        if (!understood) {
            if (reading_.refused.empty()) reading_.refused = node->kind().toQualString();
            return false;
        }
    }
    return true;
}

bool Reader::is_free_of_photos(const Node* node) const {
    return std::none_of(node->inputs().begin(), node->inputs().end(), [&](const Value* v) { return depends(v); });
}

bool Reader::has_lists_of_maps(const Node* node) const {
    return std::any_of(node->inputs().begin(), node->inputs().end(), [&](const Value* value) {
        const Node* const maker = value->node();
        return maker->kind() == torch::jit::prim::ListConstruct && !is_free_of_photos(maker);
    });
}

bool Reader::read_node(const Node* node) {
    if (node->kind() == torch::jit::prim::Constant || node->kind() == torch::jit::aten::warn) return true;
    if (node->kind() == torch::jit::prim::If) return read_branch(node);
    if (!node->blocks().empty()) return false;
    values_.run(node);
    const bool of_sizes =
        std::any_of(node->inputs().begin(), node->inputs().end(), [&](const Value* v) { return sizes_.count(v) != 0; });
    const bool of_maps = std::any_of(node->inputs().begin(), node->inputs().end(),
                                     [&](const Value* v) { return maps_.count(v) + moved_.count(v) != 0; });
    if (node->kind() == torch::jit::prim::ListConstruct) {
        if (of_sizes && !of_maps) sizes_[node->output()] = true;
        return true;  // of maps: whoever reads it looks at its elements
    }
    if (is_bookkeeping(node) && (of_maps || of_sizes)) {
        for (const Value* output : node->outputs()) sizes_[output] = true;
        return true;
    }
    if (moves(node) && of_maps) return read_movement(node);
    if (!of_maps && !has_lists_of_maps(node)) {
        if (of_sizes)
            for (const Value* output : node->outputs()) sizes_[output] = true;
        return true;
    }
    ++reading_.operators;
    const auto map_of = [&](const Value* value) {
        const auto found = maps_.find(value);
        return found == maps_.end() ? -1 : found->second;
    };
    const auto map = operators_.read(node, map_of);
    if (!map || !fits(node->output(), *map)) return false;
    shared_.resize(reading_.graph.maps.size(), false);
    if (works_in_place(node)) {
        const int changed = map_of(node->input(0));
        if (changed < 0 || shared_[static_cast<std::size_t>(changed)]) return false;
        for (auto& [value, of] : maps_)
            if (of == changed) of = *map;
        for (const auto& [value, moved] : moved_)
            if (moved.map == changed) return false;
    }
    maps_[node->output()] = *map;
    return true;
}

/// Only the block that the trial takes: a condition on sizes, which are the same for all photos.
bool Reader::read_branch(const Node* node) {
    const Value* const condition = node->input(0);
    if (maps_.count(condition) + moved_.count(condition) != 0) return false;
    const Block* const taken = node->blocks()[values_.of(condition).toBool() ? 0 : 1];
    if (!read_block(taken, false)) return false;
    for (std::size_t i = 0; i < node->outputs().size(); ++i) {
        const Value* const from = taken->outputs()[i];
        values_.set(node->output(i), values_.of(from));
        if (const auto map = maps_.find(from); map != maps_.end()) maps_[node->output(i)] = map->second;
        if (moved_.count(from) + sizes_.count(from) != 0) return false;
    }
    return true;
}

/// Whether a value has the numbers of a map, [N,C,H,W] or [N,C*H*W].
bool Reader::fits(const Value* value, int map) {
    const c10::IValue& is = values_.of(value);
    if (!is.isTensor() || is.toTensor().scalar_type() != photos_.scalar_type()) return false;
    const auto sizes = is.toTensor().sizes();
    const Shape& shape = reading_.graph.maps[static_cast<std::size_t>(map)];
    if (sizes.size() < 2 || sizes[0] != photos_.size(0)) return false;
    if (sizes.size() == 4) return sizes[1] == shape.channels && sizes[2] == shape.height && sizes[3] == shape.width;
    return sizes.size() == 2 && sizes[1] == static_cast<std::int64_t>(shape.numbers());
}

/// Runs the node on the places of numbers in place of the numbers. Where whole channels have moved, the result is a
/// map.
bool Reader::read_movement(const Node* node) {
    const Value* const from = node->input(0);
    Moved moved;
    if (const auto found = moved_.find(from); found != moved_.end()) {
        moved = found->second;
    } else {
        if (maps_.count(from) == 0) return false;
        const at::Tensor numbers = values_.of(from).toTensor();
        moved = {maps_.at(from), torch::arange(numbers.numel(), at::kDouble).view(numbers.sizes())};
    }
    TrialValues places = values_;
    places.set(from, moved.places);
    places.run(node);
    shared_.at(static_cast<std::size_t>(moved.map)) = true;
    const c10::IValue result = places.of(node->output());
    const auto settle = [&](const Value* value, const at::Tensor& at) {
        const auto channels =
            find_channels(at, reading_.graph.maps[static_cast<std::size_t>(moved.map)], photos_.size(0));
        if (!channels) {
            moved_[value] = {moved.map, at};
            return;
        }
        const int map = operators_.take_channels(moved.map, *channels);
        shared_.resize(reading_.graph.maps.size(), true);
        maps_[value] = map;
    };
    if (result.isTensor()) {
        settle(node->output(), result.toTensor());
        return true;
    }
    // Of chunk and split, whose list is taken apart by the next node.
    const auto uses = node->output()->uses();
    if (!result.isTensorList() || uses.size() != 1 || uses[0].user->kind() != torch::jit::prim::ListUnpack)
        return false;
    const auto pieces = result.toTensorVector();
    for (std::size_t i = 0; i < pieces.size(); ++i) settle(uses[0].user->output(i), pieces[i]);
    return true;
}

/// The one map that nodes from this one on read; nothing where they read several or something else of the photos.
std::optional<int> Reader::crossing(std::size_t node) const {
    std::unordered_map<const Value*, bool> before;
    for (std::size_t i = 0; i < node; ++i)
        for (const Value* output : nodes_[i]->outputs()) before[output] = true;
    const Value* const input = module_.get_method("forward").graph()->inputs()[1];
    before[input] = true;
    std::optional<int> map;
    bool one = true;
    const auto see = [&](const Value* value) {
        if (before.count(value) == 0) return;
        const auto found = maps_before_[node].find(value);
        if (found == maps_before_[node].end()) {
            one = one && !depends(value) && is_free_of_photos(value->node());
            return;
        }
        one = one && (!map || *map == found->second);
        map = found->second;
    };
    const std::function<void(const Node*)> see_node = [&](const Node* reader) {
        for (const Value* value : reader->inputs()) see(value);
        for (const Block* block : reader->blocks()) {
            for (const Node* inner : block->nodes()) see_node(inner);
            for (const Value* value : block->outputs()) see(value);
        }
    };
    for (std::size_t i = node; i < nodes_.size(); ++i) see_node(nodes_[i]);
    for (const Value* value : module_.get_method("forward").graph()->outputs()) see(value);
    return one ? map : std::nullopt;
}

/// Ends the graph before a node, with the rest as a module.
bool Reader::cut(std::size_t node) {
    const auto map = crossing(node);
    if (!map || operations_before_[node] == 0) return false;
    std::vector<Place> places;  // where the map stands in the network's graph
    for (std::size_t i = 0; i < node; ++i)
        for (std::size_t output = 0; output < nodes_[i]->outputs().size(); ++output)
            if (const auto found = maps_before_[node].find(nodes_[i]->output(output));
                found != maps_before_[node].end() && found->second == *map) {
                places.push_back({i, output});
                reading_.flat = values_.of(nodes_[i]->output(output)).toTensor().dim() == 2;
            }
    auto rest = rest_of_network(module_, node, places);
    if (!rest) return false;
    reading_.rest = std::move(rest);
    reading_.graph.output = *map;
    reading_.graph.operations.resize(operations_before_[node]);
    reading_.operators = operators_before_[node];
    return true;
}

}  // namespace

Reading read_graph(const torch::jit::Module& module, const at::Tensor& photos) {
    const torch::InferenceMode inference;
    return Reader(module, photos).read();
}

}  // namespace semscope::incremental
