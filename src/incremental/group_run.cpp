#include "group_run.hpp"

#include "semscope/core/parallel.hpp"

#include <algorithm>
#include <cstring>

namespace semscope::incremental {

GroupRun::GroupRun(const PackedGraph& packed)
    : graph_(packed.graph),
      kernels_(packed.kernels),
      steps_(packed.steps),
      last_uses_(packed.last_uses),
      packed_(packed.packed),
      layout_(graph_) {
    const auto make_map = [&](int map) {
        maps_[static_cast<std::size_t>(map)] = {graph_.maps[static_cast<std::size_t>(map)], &layout_.of_map(map), {}};
    };
    maps_.resize(graph_.maps.size());
    make_map(graph_.input);
    for (const Operation& operation : graph_.operations) make_map(operation.output);
}

void GroupRun::count(const Operation& operation, const DirtyMap& output, std::size_t forwards) {
    const double of_pixel = flops_of_pixel(graph_, operation);
    flops_done_ += of_pixel * static_cast<double>(output.rows());
    flops_of_all_ += of_pixel * static_cast<double>(output.shape.pixels() * forwards);
}

void GroupRun::run(GroupInput input, const SharedThreads& threads, float* to) {
    const Group& group = input.group;
    threads_ = &threads;
    for (DirtyMap& each : maps_) each.values = {};  // of a group that failed
    layout_.lay_out(group, std::span(input.dirty.data(), input.dirty.size()), static_cast<int>(this->threads()));
    maps_[static_cast<std::size_t>(graph_.input)].values = std::move(input.pixels);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        passing_bytes_ = 0;
        run_step(i, group);
        std::size_t bytes = layout_.bytes() + passing_bytes_;
        for (const DirtyMap& each : maps_) bytes += sizeof(float) * each.values.size();
        largest_bytes_ = std::max(largest_bytes_, bytes);
        for (const int done : last_uses_[i]) maps_[static_cast<std::size_t>(done)].values = {};
    }
    copy_output(group, to);
    for (DirtyMap& each : maps_) each.values = {};
}

void GroupRun::run_step(std::size_t index, const Group& group) {
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
    if (step.expansion && passes_by(step, group)) return run_by_forward(step, group);
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
    parallel_for(output.rows(), rows_of_task, static_cast<int>(threads()), [&](std::size_t begin, std::size_t end) {
        run_rows(operation, packed_[step.operation], begin, end, output);
    });
}

void GroupRun::copy_output(const Group& group, float* to) const {
    const DirtyMap& last = map(graph_.output);
    const auto channels = static_cast<std::size_t>(last.shape.channels);
    for (std::size_t f = 0; f < group.forwards(); ++f)
        for (int y = 0; y < last.shape.height; ++y)
            for (int x = 0; x < last.shape.width; ++x, to += channels)
                std::memcpy(to, last.numbers(*last.entry({static_cast<std::int32_t>(f), 0, 0}, y, x)),
                            channels * sizeof(float));
}

}  // namespace semscope::incremental
