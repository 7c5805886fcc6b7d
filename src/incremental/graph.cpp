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

bool only_scales(const Operation& operation) {
    return (operation.kind == Kind::scale || operation.kind == Kind::take_channels) &&
           operation.activation.function == Function::none;
}

/// The factors or shifts of channels for each of `count` pixels.
std::vector<float> for_pixels(const std::vector<float>& numbers, std::size_t count) {
    std::vector<float> all;
    for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), numbers.begin(), numbers.end());
    return all;
}

/// A scale that names its channels.
Operation as_scale(Operation operation, int inputs) {
    if (operation.channels.empty())
        for (int c = 0; c < inputs; ++c) operation.channels.push_back(c);
    if (operation.kind == Kind::take_channels) {
        operation.weights.assign(operation.channels.size(), 1.0F);
        operation.bias.assign(operation.channels.size(), 0.0F);
    }
    operation.kind = Kind::scale;
    return operation;
}

/// Two scales in a row, or channels that are taken before or after one, become one.
bool fuse_scales(Graph& graph, std::size_t place) {
    const Operation& later = graph.operations[place];
    if (!only_scales(later) || count_readers(graph, later.inputs[0]) != 1) return false;
    const auto maker = find_maker(graph, later.inputs[0]);
    if (!maker || !only_scales(graph.operations[*maker])) return false;
    const auto channels_of = [&](int map) { return graph.maps[static_cast<std::size_t>(map)].channels; };
    Operation first = as_scale(graph.operations[*maker], channels_of(graph.operations[*maker].inputs[0]));
    Operation both = as_scale(later, channels_of(later.inputs[0]));
    const std::size_t pixels = graph.maps[static_cast<std::size_t>(both.output)].pixels();
    const std::size_t before = first.channels.size();
    const std::size_t after = both.channels.size();
    const bool of_pixels = first.weights.size() > before || both.weights.size() > after;
    for (Operation* each : {&first, &both})
        if (of_pixels && each->weights.size() == each->channels.size()) {
            each->weights = for_pixels(each->weights, pixels);
            each->bias = for_pixels(each->bias, pixels);
        }
    for (std::size_t i = 0; i < both.weights.size(); ++i) {
        const auto from = i / after * before + static_cast<std::size_t>(both.channels[i % after]);
        both.bias[i] += first.bias[from] * both.weights[i];
        both.weights[i] *= first.weights[from];
    }
    for (int& channel : both.channels) channel = first.channels[static_cast<std::size_t>(channel)];
    both.inputs = first.inputs;
    graph.operations[*maker] = std::move(both);
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
    for (std::size_t i = 0; i < graph.operations.size();) i = fuse_scales(graph, i) ? 0 : i + 1;
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

namespace {

/// Pixels that the average of a window counts along one side.
int counted(int at, int stride, int taps, int pad, int size, bool count_padding) {
    const int begin = at * stride - pad;
    const int end = std::min(begin + taps, size + pad);
    return count_padding ? end - begin : std::min(end, size) - std::max(begin, 0);
}

}  // namespace

int divisor_of(const Operation& average, const Shape& input, int y, int x) {
    if (average.divisor != 0) return average.divisor;
    const Window& w = average.window;
    return counted(y, w.stride_y, w.height, w.pad_y, input.height, average.count_padding) *
           counted(x, w.stride_x, w.width, w.pad_x, input.width, average.count_padding);
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
