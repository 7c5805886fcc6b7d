#include "operators.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

namespace semscope::incremental {

namespace {

using torch::jit::Node;

std::vector<float> numbers_of(const at::Tensor& tensor) {
    const at::Tensor flat = tensor.to(at::kCPU, at::kFloat).contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// One number or two, for height and width.
std::optional<std::array<int, 2>> pair_of(const c10::IValue& value) {
    if (!value.isIntList()) return std::nullopt;
    const auto list = value.toIntVector();
    if (list.empty() || list.size() > 2) return std::nullopt;
    return std::array{static_cast<int>(list.front()), static_cast<int>(list.back())};
}

at::Tensor tensor_or_none(const c10::IValue& value) { return value.isTensor() ? value.toTensor() : at::Tensor(); }

float number_of(const c10::IValue& value) { return value.toScalar().to<float>(); }

/// The window of a convolution or pool from its arguments; `dilation` none = 1.
std::optional<Window> window_of(std::array<int, 2> size, const c10::IValue& stride, const c10::IValue& padding,
                                const c10::IValue& dilation) {
    const auto pad = pair_of(padding);
    const auto step = stride.isIntList() && stride.toIntVector().empty() ? std::optional(size) : pair_of(stride);
    const auto spread = dilation.isNone() ? std::optional(std::array{1, 1}) : pair_of(dilation);
    if (!pad || !step || !spread) return std::nullopt;
    return Window{size[0], size[1], (*step)[0], (*step)[1], (*pad)[0], (*pad)[1], (*spread)[0], (*spread)[1]};
}

/// Windows along one side; with `ceil` those that begin within the input or the padding before it count too.
int outputs_along(int inputs, int taps, int stride, int pad, int dilation, bool ceil) {
    const int room = inputs + 2 * pad - dilation * (taps - 1) - 1;
    const int outputs = (room + (ceil ? stride - 1 : 0)) / stride + 1;
    return ceil && (outputs - 1) * stride >= inputs + pad ? outputs - 1 : outputs;
}

Shape shape_after(const Window& w, const Shape& input, int channels, bool ceil) {
    return {channels, outputs_along(input.height, w.height, w.stride_y, w.pad_y, w.dilation_y, ceil),
            outputs_along(input.width, w.width, w.stride_x, w.pad_x, w.dilation_x, ceil)};
}

/// The function of an operator without arguments; none for others.
Function function_of(const std::string& name) {
    if (name == "relu") return Function::relu;
    if (name == "hardswish") return Function::hardswish;
    if (name == "hardsigmoid") return Function::hardsigmoid;
    if (name == "sigmoid") return Function::sigmoid;
    if (name == "silu") return Function::silu;
    return Function::none;
}

}  // namespace

std::optional<std::vector<int>> find_channels(const at::Tensor& places, const Shape& of, std::int64_t photos) {
    const auto size = static_cast<std::int64_t>(of.pixels());
    if (places.dim() < 2 || places.size(0) != photos || places.numel() % (photos * size) != 0) return std::nullopt;
    if (places.dim() == 4 && (places.size(2) != of.height || places.size(3) != of.width)) return std::nullopt;
    if (places.dim() != 4 && places.dim() != 2) return std::nullopt;
    const at::Tensor found = places.reshape({photos, -1, size}).contiguous();
    const std::int64_t numbers = static_cast<std::int64_t>(of.numbers());
    std::vector<int> channels;
    for (std::int64_t c = 0; c < found.size(1); ++c) {
        const auto first = static_cast<std::int64_t>(found[0][c][0].item<double>());
        if (first % size != 0 || first >= numbers) return std::nullopt;
        channels.push_back(static_cast<int>(first / size));
    }
    const std::vector<double> begins = [&] {
        std::vector<double> values;
        for (std::int64_t photo = 0; photo < photos; ++photo)
            for (const int channel : channels) values.push_back(static_cast<double>(photo * numbers + channel * size));
        return values;
    }();
    const at::Tensor expected =
        torch::tensor(begins, at::kDouble).view({photos, found.size(1), 1}) + torch::arange(size, at::kDouble);
    if (!at::equal(found, expected)) return std::nullopt;
    return channels;
}

int Operators::add(Operation operation, const Shape& output) {
    operation.output = static_cast<int>(graph_.maps.size());
    graph_.maps.push_back(output);
    graph_.operations.push_back(std::move(operation));
    return graph_.operations.back().output;
}

int Operators::take_channels(int map, const std::vector<int>& channels) {
    std::vector<int> all(static_cast<std::size_t>(shape(map).channels));
    std::iota(all.begin(), all.end(), 0);
    if (channels == all) return map;
    const Shape output{static_cast<int>(channels.size()), shape(map).height, shape(map).width};
    return add({.kind = Kind::take_channels, .name = "channels", .inputs = {map}, .channels = channels}, output);
}

std::optional<int> Operators::read(const Node* node, const MapOf& map_of) {
    const std::string name = plain_name(node);
    if (name == "add" || name == "sub" || name == "mul" || name == "div") return arithmetic(node, map_of);
    if (name == "cat") return concatenation(node, map_of);
    if (name == "addmm") {  // bias + input * weights
        const int input = map_of(node->input(1));
        if (input < 0 || map_of(node->input(0)) >= 0 || map_of(node->input(2)) >= 0) return std::nullopt;
        if (number_of(argument(node, 3)) != 1 || number_of(argument(node, 4)) != 1) return std::nullopt;
        return linear(input, argument(node, 2).toTensor().t(), argument(node, 0).toTensor());
    }
    const int input = map_of(node->input(0));
    if (input < 0) return std::nullopt;
    for (std::size_t i = 1; i < node->inputs().size(); ++i)
        if (map_of(node->input(i)) >= 0) return std::nullopt;
    if (name == "conv2d" || name == "_convolution" || name == "convolution") return convolution(node, input);
    if (name == "linear") return linear(input, argument(node, 1).toTensor(), tensor_or_none(argument(node, 2)));
    if (name == "matmul" || name == "mm") return linear(input, argument(node, 1).toTensor().t(), {});
    if (name == "batch_norm") return normalisation(node, input);
    if (name == "max_pool2d") return maximum(node, input);
    if (name == "avg_pool2d") return average(node, input);
    if (name == "adaptive_avg_pool2d") return adaptive_average(node, input);
    if (name == "mean") return mean(node, input);
    if (name == "dropout" || name == "feature_dropout")
        return argument(node, 2).toBool() ? std::nullopt : std::optional(input);
    if (name == "detach") return input;
    return activation(node, input);
}

std::optional<int> Operators::convolution(const Node* node, int input) {
    const bool general = node->inputs().size() > 7;  // with `transposed` and `output_padding` before the groups
    if (general && argument(node, 6).toBool()) return std::nullopt;
    const at::Tensor weights = argument(node, 1).toTensor();
    if (weights.dim() != 4 || !is_taken(weights.scalar_type())) return std::nullopt;
    const auto window = window_of({static_cast<int>(weights.size(2)), static_cast<int>(weights.size(3))},
                                  argument(node, 3), argument(node, 4), argument(node, 5));
    if (!window) return std::nullopt;
    const auto groups = static_cast<int>(argument(node, general ? 8 : 6).toInt());
    const auto outputs = static_cast<int>(weights.size(0));
    const bool depthwise = groups > 1 && groups == shape(input).channels && outputs == groups;
    const at::Tensor bias = tensor_or_none(argument(node, 2));
    return add({.kind = depthwise ? Kind::depthwise : Kind::convolution,
                .name = plain_name(node),
                .inputs = {input},
                .window = *window,
                .groups = groups,
                .weights = numbers_of(weights),
                .bias = bias.defined() ? numbers_of(bias) : std::vector<float>()},
               shape_after(*window, shape(input), outputs, false));
}

/// weights: [N, numbers of the map], which counts channel by channel as Torch flattens it.
std::optional<int> Operators::linear(int input, const at::Tensor& weights, const at::Tensor& bias) {
    const Shape& in = shape(input);
    if (weights.dim() != 2 || weights.size(1) != static_cast<std::int64_t>(in.numbers())) return std::nullopt;
    const Window window{.height = in.height, .width = in.width};
    return add({.kind = Kind::convolution,
                .name = "linear",
                .inputs = {input},
                .window = window,
                .weights = numbers_of(weights),
                .bias = bias.defined() ? numbers_of(bias) : std::vector<float>()},
               {static_cast<int>(weights.size(0)), 1, 1});
}

std::optional<int> Operators::activation(const Node* node, int input) {
    const std::string name = plain_name(node);
    Activation made{.function = function_of(name)};
    if (name == "relu6") made = {Function::clamp, 0, 6};
    if (name == "leaky_relu") made = {Function::leaky_relu, number_of(argument(node, 1)), 0};
    if (name == "hardtanh" || name == "clamp") {
        if (argument(node, 1).isNone() || argument(node, 2).isNone() || argument(node, 1).isTensor())
            return std::nullopt;
        made = {Function::clamp, number_of(argument(node, 1)), number_of(argument(node, 2))};
    }
    if (made.function == Function::none) return std::nullopt;
    return add({.kind = Kind::apply, .name = name, .inputs = {input}, .activation = made}, shape(input));
}

/// In evaluation mode: (x - mean) / sqrt(variance + epsilon) * weight + bias.
std::optional<int> Operators::normalisation(const Node* node, int input) {
    const at::Tensor mean = tensor_or_none(argument(node, 3));
    const at::Tensor variance = tensor_or_none(argument(node, 4));
    if (argument(node, 5).toBool() || !mean.defined() || !variance.defined()) return std::nullopt;
    at::Tensor factor = (variance.to(at::kDouble) + argument(node, 7).toDouble()).rsqrt();
    if (const at::Tensor weight = tensor_or_none(argument(node, 1)); weight.defined()) factor = factor * weight;
    at::Tensor shift = -mean.to(at::kDouble) * factor;
    if (const at::Tensor bias = tensor_or_none(argument(node, 2)); bias.defined()) shift = shift + bias;
    return add({.kind = Kind::scale,
                .name = "batch_norm",
                .inputs = {input},
                .weights = numbers_of(factor),
                .bias = numbers_of(shift)},
               shape(input));
}

std::optional<int> Operators::maximum(const Node* node, int input) {
    const auto size = pair_of(argument(node, 1));
    if (!size) return std::nullopt;
    const auto window = window_of(*size, argument(node, 2), argument(node, 3), argument(node, 4));
    if (!window) return std::nullopt;
    return add({.kind = Kind::maximum, .name = "max_pool2d", .inputs = {input}, .window = *window},
               shape_after(*window, shape(input), shape(input).channels, argument(node, 5).toBool()));
}

std::optional<int> Operators::average(const Node* node, int input) {
    const auto size = pair_of(argument(node, 1));
    if (!size) return std::nullopt;
    const auto window = window_of(*size, argument(node, 2), argument(node, 3), {});
    if (!window) return std::nullopt;
    const c10::IValue& divisor = argument(node, 6);
    return add({.kind = Kind::average,
                .name = "avg_pool2d",
                .inputs = {input},
                .window = *window,
                .count_padding = argument(node, 5).toBool(),
                .divisor = divisor.isNone() ? 0 : static_cast<int>(divisor.toInt())},
               shape_after(*window, shape(input), shape(input).channels, argument(node, 4).toBool()));
}

std::optional<int> Operators::adaptive_average(const Node* node, int input) {
    const auto size = pair_of(argument(node, 1));
    const Shape& in = shape(input);
    if (!size || (*size)[0] <= 0 || (*size)[1] <= 0 || in.height % (*size)[0] != 0 || in.width % (*size)[1] != 0)
        return std::nullopt;
    if (in.height == (*size)[0] && in.width == (*size)[1])  // a copy, which later operators may change in place
        return add({.kind = Kind::apply, .name = "adaptive_avg_pool2d", .inputs = {input}}, in);
    const int height = in.height / (*size)[0];
    const int width = in.width / (*size)[1];
    const Window window{.height = height, .width = width, .stride_y = height, .stride_x = width};
    return add({.kind = Kind::average, .name = "adaptive_avg_pool2d", .inputs = {input}, .window = window},
               {in.channels, (*size)[0], (*size)[1]});
}

/// Over both sides of the map.
std::optional<int> Operators::mean(const Node* node, int input) {
    if (!argument(node, 1).isIntList()) return std::nullopt;
    auto sides = argument(node, 1).toIntVector();
    for (auto& side : sides) side = side < 0 ? side + 4 : side;
    std::sort(sides.begin(), sides.end());
    if (sides != std::vector<std::int64_t>{2, 3} || values_.of(node->input(0)).toTensor().dim() != 4)
        return std::nullopt;
    const Shape& in = shape(input);
    const Window window{.height = in.height, .width = in.width};
    return add({.kind = Kind::average, .name = "mean", .inputs = {input}, .window = window}, {in.channels, 1, 1});
}

namespace {

/// The values of a constant for a map as [C], or as [pixels,C] where they differ from pixel to pixel; nothing where it
/// has another shape than Torch would stretch to the map's.
std::optional<at::Tensor> stretch(const c10::IValue& constant, const Shape& to) {
    at::Tensor values = constant.isTensor() ? constant.toTensor().to(at::kDouble)
                                            : torch::full({1}, constant.toScalar().to<double>(), at::kDouble);
    if (values.numel() == 1) return values.reshape({1}).expand({to.channels});
    if (values.dim() == 4 && values.size(0) == 1) values = values.squeeze(0);
    if (values.dim() > 3) return std::nullopt;
    const bool of_channels = values.dim() == 3 && values.size(1) == 1 && values.size(2) == 1;
    values = values.expand({to.channels, to.height, to.width});
    return of_channels ? values.select(2, 0).select(1, 0) : values.permute({1, 2, 0}).reshape({-1});
}

}  // namespace

/// x op constant, for a number, one for each channel, or one for each pixel, as a scale.
std::optional<int> Operators::scale_by(const std::string& name, int input, const c10::IValue& constant) {
    const auto values = stretch(constant, shape(input));
    if (!values) return std::nullopt;
    at::Tensor factor = torch::ones_like(*values);
    at::Tensor shift = torch::zeros_like(*values);
    if (name == "mul") factor = *values;
    if (name == "div") factor = 1 / *values;
    if (name == "add") shift = *values;
    if (name == "sub") shift = -*values;
    return add({.kind = Kind::scale,
                .name = name,
                .inputs = {input},
                .weights = numbers_of(factor),
                .bias = numbers_of(shift)},
               shape(input));
}

std::optional<int> Operators::arithmetic(const Node* node, const MapOf& map_of) {
    const std::string name = plain_name(node);
    int first = map_of(node->input(0));
    int second = map_of(node->input(1));
    const bool sum = name == "add" || name == "sub";
    if (!sum && node->inputs().size() > 2) return std::nullopt;  // div with a rounding mode
    if (sum && number_of(argument(node, 2)) != 1) return std::nullopt;
    if (second < 0) return scale_by(name, first, argument(node, 1));
    const bool commutes = name == "add" || name == "mul";
    if (!commutes) return std::nullopt;
    if (first < 0) return scale_by(name, second, argument(node, 0));
    if (shape(first).pixels() < shape(second).pixels()) std::swap(first, second);
    if (shape(first).channels != shape(second).channels ||
        (shape(second).pixels() != 1 && !shape(first).same_map(shape(second))))
        return std::nullopt;
    return add({.kind = name == "add" ? Kind::add : Kind::multiply, .name = name, .inputs = {first, second}},
               shape(first));
}

std::optional<int> Operators::concatenation(const Node* node, const MapOf& map_of) {
    if (node->input(0)->node()->kind() != torch::jit::prim::ListConstruct) return std::nullopt;
    const std::int64_t dimension = argument(node, 1).toInt();
    Operation operation{.kind = Kind::concatenate, .name = "cat"};
    Shape output;
    for (const torch::jit::Value* value : node->input(0)->node()->inputs()) {
        const int map = map_of(value);
        if (map < 0) return std::nullopt;
        const std::int64_t sides = values_.of(value).toTensor().dim();
        if (dimension != 1 && dimension != 1 - sides) return std::nullopt;
        if (!operation.inputs.empty() && !output.same_map(shape(map))) return std::nullopt;
        output = {output.channels + shape(map).channels, shape(map).height, shape(map).width};
        operation.inputs.push_back(map);
    }
    if (operation.inputs.empty()) return std::nullopt;
    return add(std::move(operation), output);
}

}  // namespace semscope::incremental
