#include "group_run.hpp"

#include "semscope/core/parallel.hpp"

#include <algorithm>
#include <atomic>

namespace semscope::incremental {

namespace {

constexpr int block_rows = 96;    ///< of gathered windows, which stay in the second-level cache
constexpr int block_depth = 384;  ///< numbers of a window at a time
constexpr int row_step = 12;      ///< the largest tile's rows

/// Where a thread gathers windows.
float* gathered() {
    static thread_local Buffer buffer(static_cast<std::size_t>(block_rows) * block_depth);
    return buffer.data();
}

/// Of the next block, where `left` rows are left. Blocks get smaller at the end, so that all threads end together.
std::size_t rows_of_block(std::size_t left, std::size_t threads) {
    if (threads == 1) return std::min<std::size_t>(left, block_rows);
    const auto share = static_cast<std::size_t>(divide_up(left, 2 * threads * row_step)) * row_step;
    return std::min({left, share, static_cast<std::size_t>(block_rows)});
}

/// The entry of the row map at the first tap of a window.
const std::int32_t* corner_of(const DirtyMap& input, const Window& w, const Pixel& pixel) {
    return input.entry(pixel, pixel.y * w.stride_y - w.pad_y, pixel.x * w.stride_x - w.pad_x);
}

}  // namespace

/// Whether a convolution makes the rows of the concatenation that reads it and not its own, which are as many or fewer:
/// the further ones get the numbers of the base once more.
bool GroupRun::writes_into_concatenation(const Step& step) const {
    if (!step.concatenation) return false;
    // A number is copied in the time of about so many products (in a profile of SqueezeNet).
    constexpr std::size_t products_of_copy = 32;
    const std::size_t own = map(graph_.operations[step.operation].output).rows();
    const std::size_t all = map(graph_.operations[*step.concatenation].output).rows();
    const auto depth = static_cast<std::size_t>(packed_[step.operation].parts.front().depth);
    return (all - own) * depth <= own * products_of_copy;
}

void GroupRun::convolve_all(std::size_t operation, DirtyMap& output, int first_channel,
                            const std::optional<Depthwise>& depthwise) {
    convolve({.operation = graph_.operations[operation],
              .packed = packed_[operation],
              .output = output,
              .end = output.rows(),
              .to = output.values.data() + output.shape.channels + first_channel,
              .depthwise = depthwise ? &*depthwise : nullptr},
             threads());
}

void GroupRun::convolve(const Rows& all, std::size_t threads) const {
    const std::size_t rows = all.end - all.begin;
    const int panels = divide_up(static_cast<std::size_t>(all.packed.parts.front().outputs), panel_columns);
    // How blocks are cut depends on the number of threads, the numbers do not.
    const bool few = rows <= 2 * row_step * threads && all.packed.parts.size() == 1;
    if (threads > 1 && few) return convolve_few(all, panels, threads);
    std::atomic<std::size_t> next = all.begin;
    parallel_for_each(threads, static_cast<int>(threads), [&](std::size_t) {
        for (std::size_t row = next;;) {
            if (row >= all.end) return;
            const std::size_t height = rows_of_block(all.end - row, threads);
            if (!next.compare_exchange_weak(row, row + height)) continue;
            convolve_block(all, {.row = row, .rows = static_cast<int>(height), .panel = 0, .panels = panels});
            row = next;
        }
    });
}

/// Not enough rows for all threads, which share the channels of the output, too.
void GroupRun::convolve_few(const Rows& all, int panels, std::size_t threads) const {
    const auto down = static_cast<std::size_t>(divide_up(all.end - all.begin, block_rows));
    const int across = std::min((panels + 1) / 2, divide_up(threads, std::max<std::size_t>(1, down)));
    const auto columns = static_cast<std::size_t>(across);
    const int wide = (divide_up(static_cast<std::size_t>(panels), columns) + 1) / 2 * 2;
    parallel_for_each(down * columns, static_cast<int>(threads), [&](std::size_t task) {
        Block block;
        block.row = all.begin + task / columns * block_rows;
        block.rows = static_cast<int>(std::min<std::size_t>(block_rows, all.end - block.row));
        block.panel = static_cast<int>(task % columns) * wide;
        block.panels = std::min(wide, panels - block.panel);
        if (block.panels > 0) convolve_block(all, block);
    });
}

void GroupRun::convolve_block(const Rows& all, const Block& block) const {
    const Operation& operation = all.operation;
    const Window& w = operation.window;
    const DirtyMap& input = map(operation.inputs[0]);
    const int channels = all.output.shape.channels;
    const auto pixels = std::span(all.output.pixels()).subspan(block.row, static_cast<std::size_t>(block.rows));
    // The rows of the input as they stand, where the windows are pixels and both maps have the same dirty ones.
    const bool in_place = all.depthwise == nullptr && w.is_pixel() && input.rows() == all.output.rows();
    const std::int32_t* corners[block_rows];
    const float* residuals[block_rows];
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        if (all.depthwise == nullptr && !in_place) corners[i] = corner_of(input, w, pixels[i]);
        if (operation.residual >= 0) residuals[i] = map(operation.residual).numbers_at(pixels[i]);
    }
    float* const rows = all.to + static_cast<std::ptrdiff_t>(block.row - all.begin) * channels;
    const auto first_row = static_cast<std::ptrdiff_t>(block.row) + 1;
    for (const Part& part : all.packed.parts) {
        const bool alone = all.packed.parts.size() == 1;
        const int first = alone ? block.panel * panel_columns : 0;
        const int begin = part.output_begin + first;  // of the channels that are made
        const float* of_rows[block_rows];
        for (int i = 0; i < block.rows && operation.residual >= 0; ++i) of_rows[i] = residuals[i] + begin;
        for (int from = 0; from < part.depth; from += block_depth) {
            const int to = std::min(from + block_depth, part.depth);
            const bool last = to == part.depth;
            const float* a = gathered();
            if (all.depthwise != nullptr)
                weigh(*all.depthwise, pixels, from, to - from, gathered(), block_depth);
            else if (in_place)
                a = input.values.data() + first_row * input.shape.channels + part.input_begin + from;
            else
                kernels_.gather({.values = input.values.data() + part.input_begin,
                                 .stride = input.shape.channels,
                                 .corners = corners,
                                 .rows = block.rows,
                                 .channels = part.inputs,
                                 .width = w.width,
                                 .line = std::ptrdiff_t{w.dilation_y} * input.dirty->padded_width,
                                 .step = w.dilation_x,
                                 .begin = from,
                                 .end = to,
                                 .to = gathered(),
                                 .to_stride = block_depth});
            multiply(part, first / panel_columns, from,
                     {.a = a,
                      .a_stride = in_place ? input.shape.channels : block_depth,
                      .depth = to - from,
                      .c = rows + begin,
                      .c_stride = channels,
                      .start = from == 0 ? all.packed.bias.data() + begin : nullptr,
                      .rows = block.rows,
                      .columns = alone ? std::min(block.panels * panel_columns, part.outputs - first) : part.outputs,
                      .residuals = last && operation.residual >= 0 ? of_rows : nullptr,
                      .activation = last ? operation.activation : Activation{}});
        }
    }
}

/// By the weights of a part from a panel and a place in the depth on, which the product lacks; in bf16 where the
/// kernels are for that.
void GroupRun::multiply(const Part& part, int panel, int from, Product product) const {
    if (kernels_.multiply_pairs == nullptr) {
        product.panel_stride = std::ptrdiff_t{part.depth} * panel_columns;
        product.b = part.weights.data() + panel * product.panel_stride + std::ptrdiff_t{from} * panel_columns;
        return kernels_.multiply(product);
    }
    constexpr int stride = block_depth / 2;
    static thread_local BufferOf<Pair> rounded(static_cast<std::size_t>(block_rows) * stride);
    for (int row = 0; row < product.rows; ++row)
        kernels_.round(product.a + row * product.a_stride, rounded.data() + std::ptrdiff_t{row} * stride,
                       product.depth);
    const std::ptrdiff_t panel_stride = std::ptrdiff_t{(part.depth + 1) / 2} * panel_columns;
    kernels_.multiply_pairs({.a = rounded.data(),
                             .a_stride = stride,
                             .b = part.pairs.data() + panel * panel_stride + std::ptrdiff_t{from / 2} * panel_columns,
                             .panel_stride = panel_stride,
                             .depth = (product.depth + 1) / 2,
                             .c = product.c,
                             .c_stride = product.c_stride,
                             .start = product.start,
                             .rows = product.rows,
                             .columns = product.columns,
                             .residuals = product.residuals,
                             .activation = product.activation});
}

}  // namespace semscope::incremental
