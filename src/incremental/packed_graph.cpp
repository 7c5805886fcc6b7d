#include "packed_graph.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace semscope::incremental {

namespace {

/// So many groups of a convolution are computed as one, with zeros between them, that they fill whole panels.
int groups_of_part(int groups, int outputs_of_group) {
    if (groups == 1) return 1;
    const int wanted = std::lcm(outputs_of_group, panel_columns) / outputs_of_group;
    return std::min(groups, wanted);
}

/// The weight of an input channel of a convolution for an output channel, both counted within all of the map.
float weight_of(const Operation& operation, int output, int outputs, int input, int inputs, int tap) {
    const int own_inputs = inputs / operation.groups;
    const int group = output / (outputs / operation.groups);
    const int own = input - group * own_inputs;
    if (own < 0 || own >= own_inputs) return 0;
    const auto place = (std::ptrdiff_t{output} * own_inputs + own) * operation.window.taps() + tap;
    return operation.weights[static_cast<std::size_t>(place)];
}

/// Rounds the weights of a part.
void pack_pairs(Part& part) {
    const int panels = divide_up(static_cast<std::size_t>(part.outputs), panel_columns);
    const int depth = (part.depth + 1) / 2;
    part.pairs = BufferOf<Pair>(static_cast<std::size_t>(panels) * static_cast<std::size_t>(depth) * panel_columns);
    Pair* to = part.pairs.data();
    for (int panel = 0; panel < panels; ++panel) {
        const float* const from = part.weights.data() + std::ptrdiff_t{panel} * part.depth * panel_columns;
        for (int k = 0; k < part.depth; k += 2)
            for (int column = 0; column < panel_columns; ++column) {
                const std::ptrdiff_t place = std::ptrdiff_t{k} * panel_columns + column;
                *to++ = kernels::round_pair(from[place], k + 1 < part.depth ? from[place + panel_columns] : 0);
            }
    }
    part.weights = {};
}

Packed pack(const Graph& graph, const Operation& operation, bool as_pairs) {
    Packed packed;
    const int outputs = graph.maps[static_cast<std::size_t>(operation.output)].channels;
    const int inputs = graph.maps[static_cast<std::size_t>(operation.inputs[0])].channels;
    const int taps = operation.window.taps();
    if (operation.kind == Kind::scale) {
        packed.weights = Buffer(operation.weights.size());
        packed.bias = Buffer(operation.bias.size());
        std::copy(operation.weights.begin(), operation.weights.end(), packed.weights.data());
        std::copy(operation.bias.begin(), operation.bias.end(), packed.bias.data());
    }
    if (operation.kind == Kind::convolution || operation.kind == Kind::depthwise) {
        packed.bias = Buffer(static_cast<std::size_t>(outputs));
        std::fill_n(packed.bias.data(), outputs, 0.0F);
        std::copy(operation.bias.begin(), operation.bias.end(), packed.bias.data());
    }
    if (operation.kind == Kind::depthwise) {
        packed.weights = Buffer(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(taps));
        for (int c = 0; c < outputs; ++c)
            for (int tap = 0; tap < taps; ++tap)
                packed.weights.data()[std::ptrdiff_t{tap} * outputs + c] =
                    operation.weights[static_cast<std::size_t>(c * taps + tap)];
    }
    if (operation.kind != Kind::convolution) return packed;
    const int own_outputs = outputs / operation.groups;
    const int own_inputs = inputs / operation.groups;
    const int step = groups_of_part(operation.groups, own_outputs);
    for (int group = 0; group < operation.groups; group += step) {
        const int groups = std::min(step, operation.groups - group);
        Part part{group * own_inputs,
                  groups * own_inputs,
                  group * own_outputs,
                  groups * own_outputs,
                  groups * own_inputs * taps,
                  {},
                  {}};
        const int panels = divide_up(part.outputs, panel_columns);
        part.weights = Buffer(static_cast<std::size_t>(panels) * static_cast<std::size_t>(part.depth) * panel_columns);
        float* to = part.weights.data();
        for (int panel = 0; panel < panels; ++panel)
            for (int tap = 0; tap < taps; ++tap)
                for (int input = 0; input < part.inputs; ++input)
                    for (int column = 0; column < panel_columns; ++column) {
                        const int output = panel * panel_columns + column;
                        *to++ = output < part.outputs ? weight_of(operation, part.output_begin + output, outputs,
                                                                  part.input_begin + input, inputs, tap)
                                                      : 0.0F;
                    }
        if (as_pairs) pack_pairs(part);
        packed.parts.push_back(std::move(part));
    }
    return packed;
}

}  // namespace

PackedGraph::PackedGraph(Graph whole, const Kernels& own_kernels)
    : graph(std::move(whole)),
      kernels(own_kernels),
      steps(find_steps(graph)),
      last_uses(incremental::last_uses(graph, steps)) {
    packed.reserve(graph.operations.size());
    for (Operation& operation : graph.operations) {
        packed.push_back(pack(graph, operation, kernels.multiply_pairs != nullptr));
        operation.weights = {};
        operation.bias = {};
    }
}

}  // namespace semscope::incremental
