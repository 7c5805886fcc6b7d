#include "tensor_executor.hpp"

#include <torch/types.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace semscope::incremental {

namespace {

/// Numbers that the windows of a block gather, at most: 128 MiB in float32.
constexpr std::int64_t block_numbers = std::int64_t{1} << 25;
constexpr std::int64_t most_rows = std::int64_t{1} << 16;

/// Rows of a block: a part of the largest group's, so that padding costs little, and enough to keep a GPU at work.
std::int64_t rows_of_block(const Operation& operation, const Shape& input, const Shape& output, int batch) {
    constexpr int parts = 4;
    const std::int64_t forwards = std::clamp(batch / parts, 1, 64);
    const auto pixels = forwards * static_cast<std::int64_t>(output.pixels());
    std::int64_t rows = std::min(pixels, most_rows);
    if (operation.has_window())
        rows = std::min(rows, block_numbers / (std::int64_t{operation.window.taps()} * input.channels));
    return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(std::max<std::int64_t>(rows, 1))));
}

/// Bytes beside the maps of a group: what a block gathers, and its copies.
constexpr std::uint64_t bytes_of_blocks = 4 * sizeof(float) * static_cast<std::uint64_t>(block_numbers);

/// To the device without waiting for it.
at::Tensor upload(const std::vector<std::int64_t>& numbers, c10::Device device) {
    const at::Tensor host = torch::empty({static_cast<std::int64_t>(numbers.size())},
                                         at::TensorOptions().dtype(at::kLong).pinned_memory(device.is_cuda()));
    std::copy(numbers.begin(), numbers.end(), host.data_ptr<std::int64_t>());
    return host.to(device, /*non_blocking=*/true);
}

}  // namespace

TensorExecutor::TensorExecutor(Graph graph, c10::Device device, const TensorLimits& limits)
    : graph_(std::move(graph)),
      device_(device),
      batch_(limits.batch),
      sets_(graph_),
      blocks_(sets_.size(), 1),
      last_uses_(last_uses(graph_)) {
    for (Operation& operation : graph_.operations) {
        constants_.push_back(constants_of(operation));
        operation.weights = {};
        operation.bias = {};
        std::int64_t& block = blocks_[static_cast<std::size_t>(sets_.of_map(operation.output))];
        block = std::max(block, constants_.back().block);
    }
    constexpr float lowest = -std::numeric_limits<float>::infinity();
    edges_ = torch::tensor({0.0F, lowest}).view({2, 1}).to(device_);
    constexpr std::size_t fewest = 2;  // a photo and one variant
    largest_group_ = std::max(fewest, static_cast<std::size_t>(batch_));
    if (limits.memory == 0) return;
    const std::uint64_t left = limits.memory - std::min(limits.memory, bytes_of_blocks);
    largest_group_ = std::clamp<std::size_t>(left / bytes_of_forward(), fewest, largest_group_);
}

std::string TensorExecutor::description() const { return "tensor operations on " + device_.str(); }

namespace {

/// For each output pixel of an average.
std::vector<float> divisors_of(const Operation& operation, const Shape& input, const Shape& output) {
    std::vector<float> divisors;
    for (int y = 0; y < output.height; ++y)
        for (int x = 0; x < output.width; ++x)
            divisors.push_back(static_cast<float>(divisor_of(operation, input, y, x)));
    return divisors;
}

}  // namespace

TensorExecutor::Constants TensorExecutor::constants_of(const Operation& operation) const {
    const Shape& input = shape(operation.inputs[0]);
    const Shape& output = shape(operation.output);
    const Window& w = operation.window;
    const auto numbers = [&](const std::vector<float>& of) { return torch::tensor(of); };
    Constants constants;
    constants.block = rows_of_block(operation, input, output, batch_);
    if (!operation.bias.empty()) constants.bias = numbers(operation.bias);
    if (operation.kind == Kind::convolution)
        constants.weights = numbers(operation.weights)
                                .view({operation.groups, output.channels / operation.groups,
                                       input.channels / operation.groups, w.taps()})
                                .permute({0, 3, 2, 1})
                                .reshape({operation.groups, -1, output.channels / operation.groups});
    if (operation.kind == Kind::depthwise)
        constants.weights = numbers(operation.weights).view({output.channels, w.taps()}).t().contiguous();
    if (operation.kind == Kind::scale) {
        constants.weights = numbers(operation.weights).view({-1, output.channels});
        constants.bias = constants.bias.view({-1, output.channels});
    }
    if (operation.kind == Kind::average)
        constants.divisors = numbers(divisors_of(operation, input, output)).view({-1, 1});
    for (at::Tensor* tensor : {&constants.weights, &constants.bias, &constants.divisors})
        if (tensor->defined()) *tensor = tensor->to(device_);
    if (!operation.channels.empty())
        constants.channels = upload({operation.channels.begin(), operation.channels.end()}, device_);
    if (operation.has_window()) {
        const Margin margin = margin_of(w, input.height, input.width, output);
        std::vector<std::int64_t> offsets;
        for (int y = 0; y < w.height; ++y)
            for (int x = 0; x < w.width; ++x)
                offsets.push_back(y * w.dilation_y * (margin.left + input.width + margin.right) + x * w.dilation_x);
        constants.offsets = upload(offsets, device_);
    }
    return constants;
}

TensorExecutor::Sets TensorExecutor::spread(const GroupInput& input) const {
    const Group& group = input.group;
    std::vector<std::int64_t> base(group.base.begin(), group.base.end());
    std::vector<std::int64_t> is_photo;
    for (std::size_t f = 0; f < base.size(); ++f) is_photo.push_back(group.is_photo(f) ? 1 : 0);
    Sets sets;
    sets.base = upload(base, device_);
    const std::vector<int> depths = group.depths();
    sets.depth = *std::max_element(depths.begin(), depths.end());
    // Bits are compared, so that a pixel that is not a number counts as changed where it is another one.
    const at::Tensor bits = input.images.view(at::kInt);
    const at::Tensor changed = bits.ne(bits.index_select(0, sets.base)).any(3);
    sets.masks = incremental::spread(sets_, changed, upload(is_photo, device_).ne(0));
    std::vector<at::Tensor> counts;
    for (const at::Tensor& mask : sets.masks) counts.push_back(mask.sum());
    const at::Tensor dirty = at::stack(counts).to(at::kCPU);  // waits for the device
    sets.dirty.assign(dirty.data_ptr<std::int64_t>(), dirty.data_ptr<std::int64_t>() + dirty.numel());
    sets.rows.resize(sets_.size());
    return sets;
}

std::shared_ptr<const Rows> TensorExecutor::rows_of(int map, Sets& sets) const {
    const auto set = static_cast<std::size_t>(sets_.of_map(map));
    auto rows = sets.rows[set].lock();
    if (!rows) {
        rows = std::make_shared<const Rows>(sets.masks[set], sets.base, sets.depth, sets.dirty[set], blocks_[set]);
        sets.rows[set] = rows;
    }
    return rows;
}

TensorExecutor::Map TensorExecutor::blank(int map, Sets& sets) const {
    Map made{shape(map), rows_of(map, sets), {}};
    made.values = torch::empty({made.rows->count + 2, made.shape.channels}, edges_.options());
    made.values.narrow(0, made.rows->count, 2).copy_(edges_.expand({2, made.shape.channels}));
    return made;
}

at::Tensor TensorExecutor::run(GroupInput input) {
    Sets sets = spread(input);
    maps_.assign(graph_.maps.size(), {});
    Map& first = maps_[static_cast<std::size_t>(graph_.input)] = blank(graph_.input, sets);
    const Rows& rows = *first.rows;
    const at::Tensor pixels = (rows.forward * rows.height + rows.y) * rows.width + rows.x;
    first.dirty_values().copy_(input.images.view({-1, first.shape.channels}).index_select(0, pixels));
    for (std::size_t i = 0; i < graph_.operations.size(); ++i) {
        const Operation& operation = graph_.operations[i];
        Map& output = maps_[static_cast<std::size_t>(operation.output)] = blank(operation.output, sets);
        run(operation, constants_[i], output);
        count(operation, *output.rows, input.group.forwards());
        largest_bytes_ = std::max(largest_bytes_, static_cast<std::size_t>(bytes()));
        for (const int done : last_uses_[i]) maps_[static_cast<std::size_t>(done)] = {};
    }
    const Map& last = map(graph_.output);
    const at::Tensor output = last.values.index_select(0, last.rows->row.flatten());
    const at::Tensor maps = output.view({-1, last.shape.height, last.shape.width, last.shape.channels});
    maps_.clear();
    return maps;
}

void TensorExecutor::count(const Operation& operation, const Rows& rows, std::size_t forwards) {
    const double of_pixel = flops_of_pixel(graph_, operation);
    flops_done_ += of_pixel * static_cast<double>(rows.dirty);
    flops_of_all_ += of_pixel * static_cast<double>(shape(operation.output).pixels() * forwards);
}

/// Of the maps that there are.
std::uint64_t TensorExecutor::bytes() const {
    std::uint64_t sum = 0;
    std::vector<const Rows*> seen;
    for (const Map& each : maps_) {
        if (!each.rows) continue;
        sum += each.values.nbytes();
        if (std::find(seen.begin(), seen.end(), each.rows.get()) != seen.end()) continue;
        seen.push_back(each.rows.get());
        sum += each.rows->bytes();
    }
    return sum;
}

/// At most: with all pixels dirty. The largest map counts twice more, for what is gathered of the inputs of a sum, and
/// so do the images, which are compared with their photos.
std::uint64_t TensorExecutor::bytes_of_forward() const {
    const auto bytes_of = [](const Shape& map) {
        return sizeof(float) * map.numbers() + Rows::most_bytes(static_cast<std::int64_t>(map.pixels()));
    };
    std::uint64_t masks = 0;
    for (std::size_t set = 0; set < sets_.size(); ++set) masks += static_cast<std::uint64_t>(sets_[set].pixels());
    std::uint64_t live = bytes_of(shape(graph_.input));
    std::uint64_t most = live;
    std::uint64_t largest = live;
    for (std::size_t i = 0; i < graph_.operations.size(); ++i) {
        const std::uint64_t output = bytes_of(shape(graph_.operations[i].output));
        live += output;
        most = std::max(most, live);
        largest = std::max(largest, output);
        for (const int done : last_uses_[i]) live -= bytes_of(shape(done));
    }
    return most + 2 * largest + 2 * bytes_of(shape(graph_.input)) + masks;
}

}  // namespace semscope::incremental
