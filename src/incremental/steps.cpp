#include "steps.hpp"

#include <algorithm>

namespace semscope::incremental {

namespace {

/// Whether the map of an operation is read by the operation after it, and by nothing else.
bool is_between(const Graph& graph, std::size_t maker) {
    const int map = graph.operations[maker].output;
    if (map == graph.output || maker + 1 == graph.operations.size()) return false;
    for (std::size_t i = 0; i < graph.operations.size(); ++i) {
        const Operation& reader = graph.operations[i];
        const auto reads = std::count(reader.inputs.begin(), reader.inputs.end(), map);
        if (reader.residual == map || reads != (i == maker + 1 ? 1 : 0)) return false;
    }
    return true;
}

bool is_pixel_product(const Operation& operation) {
    return operation.kind == Kind::convolution && operation.groups == 1 && operation.window.is_pixel();
}

/// Sets `concatenation` of a step whose map one concatenation reads once, and nothing else.
void find_concatenation(const Graph& graph, Step& step) {
    const int map = graph.operations[step.operation].output;
    if (map == graph.output) return;
    std::ptrdiff_t reads = 0;
    std::size_t reader = 0;
    for (std::size_t i = 0; i < graph.operations.size(); ++i) {
        const Operation& other = graph.operations[i];
        const auto own = std::count(other.inputs.begin(), other.inputs.end(), map) + (other.residual == map ? 1 : 0);
        if (own > 0) reader = i;
        reads += own;
    }
    const Operation& concatenation = graph.operations[reader];
    if (reads != 1 || concatenation.kind != Kind::concatenate) return;
    step.concatenation = reader;
    for (const int input : concatenation.inputs) {
        if (input == map) break;
        step.first_channel += graph.maps[static_cast<std::size_t>(input)].channels;
    }
}

}  // namespace

std::vector<Step> find_steps(const Graph& graph) {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < graph.operations.size(); ++i) {
        Step step{.operation = i, .depthwise = {}, .expansion = {}, .concatenation = {}};
        const auto is_before = [&](std::size_t back, Kind kind) {
            return i >= back && graph.operations[i - back].kind == kind && is_between(graph, i - back);
        };
        if (is_pixel_product(graph.operations[i]) && is_before(1, Kind::depthwise)) {
            step.depthwise = i - 1;
            steps.pop_back();
            if (is_before(2, Kind::convolution)) {
                step.expansion = i - 2;
                steps.pop_back();
            }
        }
        if (graph.operations[i].kind == Kind::convolution && !step.depthwise) find_concatenation(graph, step);
        steps.push_back(step);
    }
    return steps;
}

std::vector<std::vector<int>> last_uses(const Graph& graph, const std::vector<Step>& steps) {
    const auto of_operations = last_uses(graph);
    std::vector<std::vector<int>> last(steps.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < steps.size(); ++i)
        for (; next <= steps[i].operation; ++next)
            last[i].insert(last[i].end(), of_operations[next].begin(), of_operations[next].end());
    return last;
}

}  // namespace semscope::incremental
