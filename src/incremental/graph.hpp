#pragma once

#include "kernel_names.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// A network as a list of operations on feature maps, each of which is understood well enough to compute any of its
/// output pixels alone.
namespace semscope::incremental {

/// How an output pixel looks at input pixels.
struct Window {
    int height = 1, width = 1;
    int stride_y = 1, stride_x = 1;
    int pad_y = 0, pad_x = 0;  ///< above and left
    int dilation_y = 1, dilation_x = 1;

    int taps() const { return height * width; }
    bool operator==(const Window&) const = default;
    bool is_pixel() const { return taps() == 1 && stride_y == 1 && stride_x == 1 && pad_y == 0 && pad_x == 0; }
};

enum class Kind {
    convolution,   ///< of any groups; fully connected layers are convolutions with a window as large as their input
    depthwise,     ///< a filter for each channel
    maximum,       ///< of a window
    average,       ///< of a window; of all pixels where the window is the map
    scale,         ///< x * weights + bias for each channel, or each pixel and channel; of `channels` of x if any
    apply,         ///< the activation alone
    add,           ///< of two maps, the second perhaps of one pixel
    multiply,      ///< likewise: by a gate
    concatenate,   ///< of channels
    take_channels  ///< some channels in some order
};

/// A feature map: what all photos have of it. Channels stand last in memory.
struct Shape {
    int channels = 0, height = 0, width = 0;
    std::size_t pixels() const { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
    std::size_t numbers() const { return pixels() * static_cast<std::size_t>(channels); }
    bool same_map(const Shape& other) const { return height == other.height && width == other.width; }
};

struct Operation {
    Kind kind = Kind::apply;
    std::string name;              ///< of the operator in TorchScript
    std::vector<int> inputs = {};  ///< indices of maps
    int output = 0;
    Window window = {};
    int groups = 1;
    std::vector<float> weights = {};  ///< convolution [N,C/groups,h,w], depthwise [C,h,w], scale [C] or [pixels,C]
    std::vector<float> bias = {};     ///< [N], [C]; of a scale as many as weights
    std::vector<int> channels = {};   ///< of the input, for take_channels and scale
    bool count_padding = true;        ///< average: pixels of the padding count
    int divisor = 0;                  ///< average: in place of the number of pixels; 0 = none
    int residual = -1;                ///< a map that is added before the activation
    Activation activation = {};

    bool has_window() const {
        return kind == Kind::convolution || kind == Kind::depthwise || kind == Kind::maximum || kind == Kind::average;
    }
};

struct Graph {
    std::vector<Shape> maps;
    std::vector<Operation> operations;  ///< in the order of their execution
    int input = 0;
    int output = 0;
};

/// Lets operations do what follows them in the same pass: activations after a product or sum, sums after a convolution,
/// and all that is done to a photo for each channel before its first convolution. Every map that is not read any more
/// goes.
void fuse(Graph& graph);

/// Floating-point operations of the products of one output pixel; 0 for what is no product.
double flops_of_pixel(const Graph& graph, const Operation& operation);

/// What an average divides the sum of the window of an output pixel by: the pixels of the map, and those of the padding
/// where they count.
int divisor_of(const Operation& average, const Shape& input, int y, int x);

/// Of one photo, all pixels.
double flops(const Graph& graph);

/// For each operation the maps that nobody reads after it.
std::vector<std::vector<int>> last_uses(const Graph& graph);

}  // namespace semscope::incremental
