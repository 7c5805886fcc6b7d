#include "graph.hpp"

#include <algorithm>
#include <optional>

namespace semscope::incremental {

namespace {

bool reads(const Operation& operation, int map) {
    return operation.residual == map ||
           std::find(operation.inputs.begin(), operation.inputs.end(), map) != operation.inputs.end();
}

std::size_t count_readers(const Graph& graph, int map) {
    std::size_t count = graph.output == map ? 1 : 0;
    for (const Operation& operation : graph.operations) {
        count += static_cast<std::size_t>(std::count(operation.inputs.begin(), operation.inputs.end(), map));
        if (operation.residual == map) ++count;
    }
    return count;
}

/// The operation that makes a map; nothing for the input.
std::optional<std::size_t> find_maker(const Graph& graph, int map) {
    for (std::size_t i = 0; i < graph.operations.size(); ++i)
        if (graph.operations[i].output == map) return i;
    return std::nullopt;
}

bool can_apply(const Operation& maker) {
    return maker.activation.function == Function::none && maker.kind != Kind::concatenate &&
           maker.kind != Kind::take_channels && maker.kind != Kind::maximum;
}

/// The activation `operation` becomes part of the operation before it.
bool fuse_activation(Graph& graph, std::size_t place) {
    const Operation& operation = graph.operations[place];
    if (operation.kind != Kind::apply || count_readers(graph, operation.inputs[0]) != 1) return false;
    const auto maker = find_maker(graph, operation.inputs[0]);
    if (!maker || !can_apply(graph.operations[*maker])) return false;
    graph.operations[*maker].activation = operation.activation;
    graph.operations[*maker].output = operation.output;
    graph.operations.erase(graph.operations.begin() + static_cast<std::ptrdiff_t>(place));
    return true;
}

/// The sum `operation` becomes part of the later one of the convolutions before it.
bool fuse_sum(Graph& graph, std::size_t place) {
    const Operation& sum = graph.operations[place];
    if (sum.kind != Kind::add) return false;
    const int first = sum.inputs[0];
    const int second = sum.inputs[1];
    if (first == second ||
        !graph.maps[static_cast<std::size_t>(first)].same_map(graph.maps[static_cast<std::size_t>(second)]))
        return false;
    const auto makers = std::pair(find_maker(graph, first), find_maker(graph, second));
    const bool later_is_first = makers.first && (!makers.second || *makers.first > *makers.second);
    const auto later = later_is_first ? makers.first : makers.second;
    if (!later) return false;
    Operation& maker = graph.operations[*later];
    if (maker.kind != Kind::convolution || maker.activation.function != Function::none || maker.residual >= 0 ||
        count_readers(graph, maker.output) != 1)
        return false;
    maker.residual = later_is_first ? second : first;
    maker.activation = sum.activation;
    maker.output = sum.output;
    graph.operations.erase(graph.operations.begin() + static_cast<std::ptrdiff_t>(place));
    return true;
}

}  // namespace

void fuse(Graph& graph) {
    for (std::size_t i = 0; i < graph.operations.size();) i = fuse_activation(graph, i) ? 0 : i + 1;
    for (std::size_t i = 0; i < graph.operations.size();) i = fuse_sum(graph, i) ? 0 : i + 1;
    for (std::size_t i = graph.operations.size(); i-- > 0;)
        if (count_readers(graph, graph.operations[i].output) == 0)
            graph.operations.erase(graph.operations.begin() + static_cast<std::ptrdiff_t>(i));
}

double flops_of_pixel(const Graph& graph, const Operation& operation) {
    const bool product = operation.kind == Kind::convolution || operation.kind == Kind::depthwise;
    if (!product) return 0;
    const double outputs = graph.maps[static_cast<std::size_t>(operation.output)].channels;
    const double inputs = graph.maps[static_cast<std::size_t>(operation.inputs[0])].channels;
    const double channels = operation.kind == Kind::depthwise ? 1 : inputs / operation.groups;
    return 2 * outputs * channels * operation.window.taps();
}

double flops(const Graph& graph) {
    double total = 0;
    for (const Operation& operation : graph.operations)
        total += flops_of_pixel(graph, operation) *
                 static_cast<double>(graph.maps[static_cast<std::size_t>(operation.output)].pixels());
    return total;
}

std::vector<std::vector<int>> last_uses(const Graph& graph) {
    std::vector<std::vector<int>> last(graph.operations.size());
    for (std::size_t map = 0; map < graph.maps.size(); ++map) {
        if (static_cast<int>(map) == graph.output) continue;
        for (std::size_t i = graph.operations.size(); i-- > 0;)
            if (reads(graph.operations[i], static_cast<int>(map))) {
                last[i].push_back(static_cast<int>(map));
                break;
            }
    }
    return last;
}

}  // namespace semscope::incremental
