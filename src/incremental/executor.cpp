#include "executor.hpp"

#include "semscope/core/parallel.hpp"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace semscope::incremental {

namespace {

/// So many groups of a convolution are computed as one, with zeros between them, that they fill whole panels.
int groups_of_part(int groups, int outputs_of_group) {
    if (groups == 1) return 1;
    const int wanted = std::lcm(outputs_of_group, panel_columns) / outputs_of_group;
    return std::min(groups, wanted);
}

}  // namespace

Executor::Executor(Graph graph, const Kernels& kernels)
    : graph_(std::move(graph)),
      kernels_(kernels),
      steps_(find_steps(graph_)),
      layout_(graph_),
      last_uses_(last_uses(graph_, steps_)) {
    packed_.reserve(graph_.operations.size());
    for (Operation& operation : graph_.operations) {
        packed_.push_back(pack(operation));
        operation.weights = {};
        operation.bias = {};
    }
    const auto make_map = [&](int map) {
        maps_[static_cast<std::size_t>(map)] = {graph_.maps[static_cast<std::size_t>(map)], &layout_.of_map(map), {}};
    };
    maps_.resize(graph_.maps.size());
    make_map(graph_.input);
    for (const Operation& operation : graph_.operations) make_map(operation.output);
}

namespace {

/// The weight of an input channel of a convolution for an output channel, both counted within all of the map.
float weight_of(const Operation& operation, int output, int outputs, int input, int inputs, int tap) {
    const int own_inputs = inputs / operation.groups;
    const int group = output / (outputs / operation.groups);
    const int own = input - group * own_inputs;
    if (own < 0 || own >= own_inputs) return 0;
    const auto place = (std::ptrdiff_t{output} * own_inputs + own) * operation.window.taps() + tap;
    return operation.weights[static_cast<std::size_t>(place)];
}

}  // namespace

Executor::Packed Executor::pack(const Operation& operation) const {
    Packed packed;
    const int outputs = graph_.maps[static_cast<std::size_t>(operation.output)].channels;
    const int inputs = graph_.maps[static_cast<std::size_t>(operation.inputs[0])].channels;
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
        if (kernels_.multiply_pairs != nullptr) pack_pairs(part);
        packed.parts.push_back(std::move(part));
    }
    return packed;
}

/// Rounds the weights of a part.
void Executor::pack_pairs(Part& part) const {
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

void Executor::count(const Operation& operation, const DirtyMap& output, std::size_t forwards) {
    const double of_pixel = flops_of_pixel(graph_, operation);
    flops_done_ += of_pixel * static_cast<double>(output.rows());
    flops_of_all_ += of_pixel * static_cast<double>(output.shape.pixels() * forwards);
}

at::Tensor Executor::run(GroupInput input) {
    const Group& group = input.group;
    for (DirtyMap& each : maps_) each.values = {};  // of a group that failed
    layout_.lay_out(group, std::span(input.dirty.data(), input.dirty.size()));
    maps_[static_cast<std::size_t>(graph_.input)].values = std::move(input.pixels);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        passing_bytes_ = 0;
        run(i, group);
        std::size_t bytes = layout_.bytes() + passing_bytes_;
        for (const DirtyMap& each : maps_) bytes += sizeof(float) * each.values.size();
        largest_bytes_ = std::max(largest_bytes_, bytes);
        for (const int done : last_uses_[i]) maps_[static_cast<std::size_t>(done)].values = {};
    }
    at::Tensor output = take_output(group);
    for (DirtyMap& each : maps_) each.values = {};
    return output;
}

void Executor::run(std::size_t index, const Group& group) {
    const Step& step = steps_[index];
    const Operation& operation = graph_.operations[step.operation];
    if (step.expansion) {
        const Operation& expansion = graph_.operations[*step.expansion];
        count(expansion, map(expansion.output), group.forwards());
    }
    const bool elsewhere = writes_into_concatenation(step);
    const Operation& maker = elsewhere ? graph_.operations[*step.concatenation] : operation;
    DirtyMap& output = maps_[static_cast<std::size_t>(maker.output)];
    if (output.values.size() == 0) output.make_values();
    count(operation, output, group.forwards());
    if (step.depthwise) count(graph_.operations[*step.depthwise], output, group.forwards());
    if (step.expansion && passes_by(step)) return run_by_forward(step, group);
    if (step.expansion) {
        DirtyMap& expanded = maps_[static_cast<std::size_t>(graph_.operations[*step.expansion].output)];
        expanded.make_values();
        convolve_all(*step.expansion, expanded);
    }
    if (step.depthwise) {
        const DirtyMap& input = map(graph_.operations[*step.depthwise].inputs[0]);
        return convolve_all(step.operation, output, 0, depthwise_of(step, places_of(input)));
    }
    if (operation.kind == Kind::convolution)
        return convolve_all(step.operation, output, elsewhere ? step.first_channel : 0);
    const auto is_there = [&](int input) { return map(input).values.size() == 0; };
    if (operation.kind == Kind::concatenate && operation.activation.function == Function::none &&
        std::all_of(operation.inputs.begin(), operation.inputs.end(), is_there))
        return;
    // A mean over the map has a row for each forward, and much to read for it.
    constexpr std::size_t taps_of_task = 64;
    const std::size_t taps = operation.has_window() ? static_cast<std::size_t>(operation.window.taps()) : 1;
    const std::size_t rows_of_task = std::max<std::size_t>(1, taps_of_task / taps);
    parallel_for(output.rows(), rows_of_task, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
        run_rows(operation, packed_[step.operation], begin, end, output);
    });
}

at::Tensor Executor::take_output(const Group& group) const {
    const DirtyMap& last = map(graph_.output);
    const auto channels = static_cast<std::size_t>(last.shape.channels);
    at::Tensor output = torch::empty(
        {static_cast<std::int64_t>(group.forwards()), last.shape.height, last.shape.width, last.shape.channels});
    auto* to = output.data_ptr<float>();
    for (std::size_t f = 0; f < group.forwards(); ++f)
        for (int y = 0; y < last.shape.height; ++y)
            for (int x = 0; x < last.shape.width; ++x, to += channels)
                std::memcpy(to, last.numbers(*last.entry({static_cast<std::int32_t>(f), 0, 0}, y, x)),
                            channels * sizeof(float));
    return output;
}

}  // namespace semscope::incremental
