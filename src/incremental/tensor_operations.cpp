#include "semscope/core/errors.hpp"
#include "tensor_executor.hpp"

#include <torch/types.h>

#include <optional>

namespace semscope::incremental {

namespace {

void apply(const Activation& activation, at::Tensor values) {
    switch (activation.function) {
        case Function::none:
            return;
        case Function::relu:
            values.relu_();
            return;
        case Function::clamp:
            values.clamp_(activation.low, activation.high);
            return;
        case Function::leaky_relu:
            at::leaky_relu_(values, activation.low);
            return;
        case Function::hardswish:
            at::hardswish_(values);
            return;
        case Function::hardsigmoid:
            at::hardsigmoid_(values);
            return;
        case Function::sigmoid:
            values.sigmoid_();
            return;
        case Function::silu:
            at::silu_(values);
            return;
    }
}

/// The place of each row's pixel in its map.
at::Tensor places(const Rows& rows) { return rows.y * rows.width + rows.x; }

/// The numbers of the windows of rows, [rows,taps,channels].
class Windows {
  public:
    /// `offsets`: of the taps, in the row map with its margin; `beyond`: the row that the padding reads.
    Windows(const Window& window, const at::Tensor& offsets, const Rows& input, const at::Tensor& values,
            std::int64_t beyond, const Rows& output)
        : offsets_(offsets), values_(values) {
        const Margin m = margin_of(window, input.height, input.width, {1, output.height, output.width});
        const std::int64_t height = m.top + input.height + m.bottom;
        const std::int64_t width = m.left + input.width + m.right;
        row_ = at::constant_pad_nd(input.row, {m.left, m.right, m.top, m.bottom}, beyond).flatten();
        corner_ = (output.forward * height + output.y * window.stride_y) * width + output.x * window.stride_x;
    }

    at::Tensor gather(std::int64_t begin, std::int64_t count) const {
        const at::Tensor entries = (corner_.narrow(0, begin, count).unsqueeze(1) + offsets_).flatten();
        return values_.index_select(0, row_.index_select(0, entries)).view({count, offsets_.size(0), -1});
    }

  private:
    at::Tensor offsets_, values_;
    at::Tensor row_, corner_;
};

/// [rows,taps,C] times weights [groups,taps*C/groups,N/groups] into [rows,N].
void multiply_rows(const at::Tensor& windows, const at::Tensor& weights, at::Tensor to) {
    const std::int64_t rows = windows.size(0);
    const std::int64_t groups = weights.size(0);
    if (groups == 1) {
        at::mm_out(to, windows.reshape({rows, -1}), weights[0]);
        return;
    }
    const at::Tensor parts =
        windows.view({rows, windows.size(1), groups, -1}).permute({2, 0, 1, 3}).reshape({groups, rows, -1});
    to.view({rows, groups, -1}).copy_(at::bmm(parts, weights).transpose(0, 1));
}

/// The BLAS of a CPU rounds a row by its place among the others: there, where only tests run, they are multiplied one
/// by one.
void multiply(const at::Tensor& windows, const at::Tensor& weights, const at::Tensor& to) {
    if (windows.is_cuda()) return multiply_rows(windows, weights, to);
    for (std::int64_t row = 0; row < windows.size(0); ++row)
        multiply_rows(windows.narrow(0, row, 1), weights, to.narrow(0, row, 1));
}

}  // namespace

/// The values of a map at the pixels of `rows`, one after the other.
at::Tensor TensorExecutor::values_for(int index, const Rows& rows) const {
    const Map& from = map(index);
    if (from.rows.get() == &rows) return from.dirty_values();
    const at::Tensor entries =
        from.shape.pixels() == 1 ? rows.forward : (rows.forward * rows.height + rows.y) * rows.width + rows.x;
    return from.values.index_select(0, from.rows->row.flatten().index_select(0, entries));
}

void TensorExecutor::run(const Operation& operation, const Constants& constants, Map& output) const {
    if (operation.has_window())
        run_windows(operation, constants, output);
    else
        run_pixels(operation, constants, output);
    const at::Tensor values = output.dirty_values();
    if (operation.has_window() && constants.bias.defined()) values.add_(constants.bias);
    if (operation.residual >= 0) values.add_(values_for(operation.residual, *output.rows));
    apply(operation.activation, values);
}

void TensorExecutor::run_windows(const Operation& operation, const Constants& constants, Map& output) const {
    const Map& input = map(operation.inputs[0]);
    // The padding has no part in a maximum.
    const std::int64_t beyond = input.rows->count + (operation.kind == Kind::maximum ? 1 : 0);
    const bool in_place = operation.window.is_pixel() && input.rows == output.rows;
    std::optional<Windows> windows;
    if (!in_place)
        windows.emplace(operation.window, constants.offsets, *input.rows, input.values, beyond, *output.rows);
    for (std::int64_t begin = 0; begin < output.rows->count; begin += constants.block) {
        const at::Tensor taken = in_place ? input.values.narrow(0, begin, constants.block).unsqueeze(1)
                                          : windows->gather(begin, constants.block);
        at::Tensor to = output.values.narrow(0, begin, constants.block);
        switch (operation.kind) {
            case Kind::convolution:
                multiply(taken, constants.weights, to);
                break;
            case Kind::depthwise:
                to.copy_(taken.mul(constants.weights).sum(1));
                break;
            case Kind::maximum:
                to.copy_(taken.amax(1));
                break;
            case Kind::average:
                to.copy_(taken.sum(1));
                break;
            case Kind::scale:
            case Kind::apply:
            case Kind::add:
            case Kind::multiply:
            case Kind::concatenate:
            case Kind::take_channels:
                throw LibraryError("an operation without a window");
        }
    }
    if (operation.kind == Kind::average)
        output.dirty_values().div_(constants.divisors.index_select(0, places(*output.rows)));
}

/// An operation that looks at the same pixel of its inputs.
void TensorExecutor::run_pixels(const Operation& operation, const Constants& constants, Map& output) const {
    const Rows& rows = *output.rows;
    at::Tensor to = output.dirty_values();
    const at::Tensor first = values_for(operation.inputs[0], rows);
    const auto of_pixels = [&](const at::Tensor& constant) {
        return constant.size(0) == 1 ? constant : constant.index_select(0, places(rows));
    };
    switch (operation.kind) {
        case Kind::scale: {
            const at::Tensor taken = constants.channels.defined() ? first.index_select(1, constants.channels) : first;
            at::mul_out(to, taken, of_pixels(constants.weights));
            to.add_(of_pixels(constants.bias));
            return;
        }
        case Kind::multiply:
            at::mul_out(to, first, values_for(operation.inputs[1], rows));
            return;
        case Kind::add:
            at::add_out(to, first, values_for(operation.inputs[1], rows));
            return;
        case Kind::take_channels:
            at::index_select_out(to, first, 1, constants.channels);
            return;
        case Kind::concatenate: {
            std::vector<at::Tensor> parts;
            for (const int input : operation.inputs) parts.push_back(values_for(input, rows));
            at::cat_out(to, parts, 1);
            return;
        }
        case Kind::apply:
            to.copy_(first);
            return;
        case Kind::convolution:
        case Kind::depthwise:
        case Kind::maximum:
        case Kind::average:
            throw LibraryError("an operation with a window");
    }
}

}  // namespace semscope::incremental
