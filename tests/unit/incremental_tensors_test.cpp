// Incremental inference by tensor operations, as on a GPU, here on the CPU: against the executor of the CPU, against
// the network, and against itself in other groups.
#include "incremental/executor.hpp"
#include "incremental/tensor_executor.hpp"
#include "incremental_fixture.hpp"
#include "network/torch_device.hpp"

#include <torch/torch.h>

namespace semscope::incremental {
namespace {

using testing::ContainsRegex;

constexpr int side = 20;

std::vector<float> numbers(std::size_t count) {
    std::vector<float> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(std::sin(1.7F * static_cast<float>(i)) / 3);
    return made;
}

/// Adds an operation that makes a map of so many channels and pixels; returns the map.
int add(Graph& graph, Operation operation, int channels, int height, int width) {
    operation.output = static_cast<int>(graph.maps.size());
    graph.maps.push_back({channels, height, width});
    graph.operations.push_back(std::move(operation));
    graph.output = graph.operations.back().output;
    return graph.output;
}

/// Every kind of operation, with windows whose padding is seen on each side.
Graph every_kind() {
    Graph graph;
    graph.maps.push_back({3, side, side});
    const Window wide{.height = 3, .width = 3, .pad_y = 1, .pad_x = 1};
    const Window halving{.height = 3, .width = 3, .stride_y = 2, .stride_x = 2, .pad_y = 1, .pad_x = 1};
    const int scaled = add(graph,
                           {.kind = Kind::scale,
                            .name = "",
                            .inputs = {0},
                            .weights = numbers(3 * side * side),
                            .bias = numbers(3 * side * side),
                            .channels = {2, 1, 0}},
                           3, side, side);
    const int first = add(graph,
                          {.kind = Kind::convolution,
                           .name = "",
                           .inputs = {scaled},
                           .window = wide,
                           .weights = numbers(12 * 3 * 9),
                           .bias = numbers(12),
                           .activation = {Function::relu}},
                          12, side, side);
    const int pooled =
        add(graph, {.kind = Kind::maximum, .name = "", .inputs = {first}, .window = halving}, 12, 10, 10);
    const Window far{.height = 3, .width = 3, .pad_y = 2, .pad_x = 2, .dilation_y = 2, .dilation_x = 2};
    const int grouped = add(graph,
                            {.kind = Kind::convolution,
                             .name = "",
                             .inputs = {pooled},
                             .window = far,
                             .groups = 3,
                             .weights = numbers(12 * 4 * 9),
                             .residual = pooled,
                             .activation = {Function::leaky_relu, 0.1F}},
                            12, 10, 10);
    const int filtered = add(graph,
                             {.kind = Kind::depthwise,
                              .name = "",
                              .inputs = {grouped},
                              .window = wide,
                              .groups = 12,
                              .weights = numbers(12 * 9),
                              .bias = numbers(12),
                              .activation = {Function::hardswish}},
                             12, 10, 10);
    const int mixed = add(graph,
                          {.kind = Kind::convolution,
                           .name = "",
                           .inputs = {filtered},
                           .weights = numbers(12 * 12),
                           .activation = {Function::clamp, -0.5F, 0.5F}},
                          12, 10, 10);
    const int averaged =
        add(graph, {.kind = Kind::average, .name = "", .inputs = {mixed}, .window = wide, .count_padding = false}, 12,
            10, 10);
    const int sum = add(graph, {.kind = Kind::add, .name = "", .inputs = {averaged, pooled}}, 12, 10, 10);
    const int gate = add(graph,
                         {.kind = Kind::average,
                          .name = "",
                          .inputs = {grouped},
                          .window = {.height = 10, .width = 10},
                          .activation = {Function::sigmoid}},
                         12, 1, 1);
    const int both = add(graph, {.kind = Kind::concatenate, .name = "", .inputs = {sum, pooled}}, 24, 10, 10);
    const int taken = add(graph,
                          {.kind = Kind::take_channels,
                           .name = "",
                           .inputs = {both},
                           .channels = {23, 0, 5, 7, 11, 13, 2, 4, 6, 8, 9, 20}},
                          12, 10, 10);
    const int gated = add(graph, {.kind = Kind::multiply, .name = "", .inputs = {taken, gate}}, 12, 10, 10);
    const int applied =
        add(graph, {.kind = Kind::apply, .name = "", .inputs = {gated}, .activation = {Function::silu}}, 12, 10, 10);
    const int last = add(graph,
                         {.kind = Kind::convolution,
                          .name = "",
                          .inputs = {applied},
                          .window = {.height = 10, .width = 10},
                          .weights = numbers(12 * 100 * 5),
                          .bias = numbers(5)},
                         5, 1, 1);
    graph.output = last;
    return graph;
}

/// A photo of smooth numbers, variants of it with a block of zeros and with single pixels, and another photo with one.
at::Tensor images() {
    const at::Tensor first = torch::sin(torch::arange(side * side * 3, at::kFloat) * 0.37).view({side, side, 3});
    const at::Tensor second = torch::cos(torch::arange(side * side * 3, at::kFloat) * 0.11).view({side, side, 3});
    std::vector<at::Tensor> all{first, first.clone(), first.clone(), second, second.clone()};
    all[1].slice(0, 2, 7).slice(1, 0, 5).zero_();
    all[2][0][0].zero_();
    all[2][side - 1][side - 1].zero_();
    all[4].slice(0, 15, side).zero_();
    return at::stack(all);
}

/// Those of `all` at `places`, as both executors take them.
GroupInput input_of(const at::Tensor& all, const std::vector<int>& base, const std::vector<std::int64_t>& places) {
    GroupInput input;
    input.group.base = base;
    input.images = all.index_select(0, torch::tensor(places));
    const at::Tensor photos =
        input.images.index_select(0, torch::tensor(std::vector<std::int64_t>(base.begin(), base.end())));
    const at::Tensor changed = input.images.ne(photos).any(3).flatten(1);
    std::vector<std::uint8_t> dirty_pixels;
    std::vector<float> pixels(3);  // of zeros
    for (std::size_t f = 0; f < base.size(); ++f) {
        const auto place = static_cast<std::int64_t>(f);
        for (std::int64_t pixel = 0; pixel < side * side; ++pixel) {
            const bool dirty = input.group.is_photo(f) || changed[place][pixel].item<bool>();
            dirty_pixels.push_back(dirty ? 1 : 0);
            const auto* const numbers_of = input.images[place].view({-1, 3})[pixel].data_ptr<float>();
            if (dirty) pixels.insert(pixels.end(), numbers_of, numbers_of + 3);
        }
    }
    input.dirty = kernels::BufferOf<std::uint8_t>(dirty_pixels.size());
    std::copy(dirty_pixels.begin(), dirty_pixels.end(), input.dirty.data());
    input.pixels = Buffer(pixels.size());
    std::copy(pixels.begin(), pixels.end(), input.pixels.data());
    return input;
}

class TensorExecutorTest : public testing::Test {
  protected:
    /// MKL, in PyTorch's LibTorch, rounds by the place of a row in memory unless it is asked not to, as the programs
    /// do.
    static void SetUpTestSuite() { network::prepare_cpu(1); }
};

TEST_F(TensorExecutorTest, GivesWhatTheExecutorOfTheCpuGivesForEveryKindOfOperation) {
    const auto input = [all = images()] { return input_of(all, {0, 0, 0, 3, 3}, {0, 1, 2, 3, 4}); };
    const Graph whole = every_kind();
    // Cut after each operation, so that each has its own numbers compared.
    for (std::size_t count = 1; count <= whole.operations.size(); ++count) {
        Graph graph = whole;
        graph.operations.resize(count);
        graph.output = graph.operations.back().output;
        Executor of_cpu(graph, *kernels::portable_kernels);
        TensorExecutor tensors(graph, at::kCPU, {.batch = 8});
        const at::Tensor expected = of_cpu.run(input());
        const at::Tensor found = tensors.run(input());
        ASSERT_EQ(found.sizes(), expected.sizes());
        const double largest = expected.abs().max().item<double>();
        EXPECT_GT(largest, 0.01) << count;
        EXPECT_LE((found - expected).abs().max().item<double>(), 1e-6 * (1 + largest)) << count;
        EXPECT_EQ(tensors.flops_done(), of_cpu.flops_done()) << count;
        EXPECT_EQ(tensors.flops_of_all(), of_cpu.flops_of_all()) << count;
        EXPECT_GT(tensors.largest_bytes(), sizeof(float) * 3 * side * side) << count;
    }
}

/// Two convolutions and the map that both read, one after the other. `apart`: a further operation reads each of the
/// two.
Graph branches(bool apart, const Activation& activation) {
    Graph graph;
    graph.maps.push_back({3, side, side});
    const Window wide{.height = 3, .width = 3, .pad_y = 1, .pad_x = 1};
    const auto convolve = [&](int from, const Window& window, int channels) {
        const auto inputs = static_cast<std::size_t>(graph.maps[static_cast<std::size_t>(from)].channels);
        const auto outputs = static_cast<std::size_t>(channels);
        return add(graph,
                   {.kind = Kind::convolution,
                    .name = "",
                    .inputs = {from},
                    .window = window,
                    .weights = numbers(outputs * inputs * static_cast<std::size_t>(window.taps())),
                    .bias = numbers(outputs),
                    .activation = {Function::relu}},
                   channels, side, side);
    };
    const int first = convolve(0, wide, 5);
    int narrow_branch = convolve(first, {}, 7);
    int wide_branch = convolve(first, wide, 21);
    if (apart) {
        narrow_branch = add(graph, {.kind = Kind::apply, .name = "", .inputs = {narrow_branch}}, 7, side, side);
        wide_branch = add(graph, {.kind = Kind::apply, .name = "", .inputs = {wide_branch}}, 21, side, side);
    }
    add(graph,
        {.kind = Kind::concatenate,
         .name = "",
         .inputs = {wide_branch, first, narrow_branch},
         .activation = activation},
        33, side, side);
    return graph;
}

TEST_F(TensorExecutorTest, OfTheCpuGivesTheSameBitsWhereConvolutionsWriteIntoAConcatenation) {
    for (const Activation& activation : {Activation{}, Activation{Function::clamp, 0.1F, 0.4F}})
        for (const Kernels* kernels : kernels::available_kernels()) {
            Executor together(branches(false, activation), *kernels);
            Executor apart(branches(true, activation), *kernels);
            const auto run = [](Executor& executor) {
                return executor.run(input_of(images(), {0, 0, 0, 3, 3}, {0, 1, 2, 3, 4}));
            };
            EXPECT_TRUE(run(together).equal(run(apart))) << kernels->name;
            // The narrow one makes the pixels of the wide one too.
            EXPECT_GT(together.flops_done(), apart.flops_done());
        }
}

TEST_F(TensorExecutorTest, GivesAForwardTheSameBitsInEveryGroup) {
    const at::Tensor all = images();
    TensorExecutor executor(every_kind(), at::kCPU, {.batch = 16});
    const at::Tensor together = executor.run(input_of(all, {0, 0, 0, 3, 3}, {0, 1, 2, 3, 4}));
    Executor of_cpu(every_kind(), *kernels::portable_kernels);
    const at::Tensor together_by_kernels = of_cpu.run(input_of(all, {0, 0, 0, 3, 3}, {0, 1, 2, 3, 4}));
    EXPECT_FALSE(at::equal(together[0], together[1]));
    EXPECT_FALSE(at::equal(together[3], together[4]));
    struct Case {
        std::vector<int> base;
        std::vector<std::int64_t> places;
    };
    for (const Case& group : {Case{{0, 0, 2, 2, 2}, {3, 4, 0, 2, 1}}, Case{{0, 0}, {0, 2}}, Case{{0}, {3}},
                              Case{{0, 1, 1, 1, 1, 1, 1}, {3, 0, 1, 1, 2, 2, 1}},
                              Case{{0, 0, 1, 2, 3, 4}, {0, 1, 2, 3, 4, 0}}, Case{{0, 2, 4, 1, 0}, {3, 4, 2, 1, 0}}}) {
        const at::Tensor found = executor.run(input_of(all, group.base, group.places));
        EXPECT_TRUE(at::equal(found, together.index_select(0, torch::tensor(group.places))));
        const at::Tensor by_kernels = of_cpu.run(input_of(all, group.base, group.places));
        EXPECT_TRUE(at::equal(by_kernels, together_by_kernels.index_select(0, torch::tensor(group.places))));
    }
}

TEST_F(TensorExecutorTest, TakesSmallerGroupsWhereThereIsLittleMemory) {
    const auto largest = [](std::uint64_t memory) {
        return TensorExecutor(every_kind(), at::kCPU, {.batch = 64, .memory = memory}).largest_group();
    };
    EXPECT_EQ(largest(0), 64U) << "not known";
    EXPECT_EQ(largest(1), 2U) << "a photo and a variant at least";
    constexpr std::uint64_t much = std::uint64_t{1} << 34;
    EXPECT_EQ(largest(much), 64U);
    // What is told of a group is below what was reckoned with, by all that stands beside the maps.
    TensorExecutor executor(every_kind(), at::kCPU, {.batch = 64, .memory = much});
    executor.run(input_of(images(), {0, 0, 0, 3, 3}, {0, 1, 2, 3, 4}));
    const std::uint64_t blocks = std::uint64_t{1} << 29;
    const std::uint64_t told = executor.largest_bytes();
    EXPECT_LT(largest(blocks + told), 5U);
    EXPECT_GE(largest(blocks + 6 * told), 5U);
}

class IncrementalTensors : public IncrementalTest {
  protected:
    NetworkOptions with_tensors(const std::string& body, int batch = 8) const {
        NetworkOptions network = options(body, batch);
        network.assemble_as_on_gpu = true;
        return network;
    }
    static std::string two_layers() {
        return network_of(
            first_layer() + weights("v", 24, 20, 3, 3) + "h = torch.relu(torch.conv2d(h, v, None, [2, 2], [1, 1]))",
            24);
    }
};

TEST_F(IncrementalTensors, OfFillsAndModesGiveWhatTheNetworkGives) {
    for (const auto& [fill, mode] : {std::pair(Fill::mean, Mode::remove), std::pair(Fill::blur, Mode::keep),
                                     std::pair(Fill::noise, Mode::remove)}) {
        OcclusionOptions occlusion;
        occlusion.fill = fill;
        occlusion.mode = mode;
        occlusion.blur_kernel = 5;
        Occluder incremental = make(with_tensors(two_layers()), occlusion, true);
        ASSERT_TRUE(incremental.incremental()) << remarks(incremental);
        EXPECT_THAT(remarks(incremental), HasSubstr("tensor operations on cpu"));
        Occluder whole = make(with_tensors(two_layers()), occlusion, false);
        const auto expected = run(whole, all_forwards(2));
        const auto found = run(incremental, all_forwards(2));
        for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5F) << i;
        EXPECT_LT(incremental.flops(), incremental.flops_of_whole());
    }
}

TEST_F(IncrementalTensors, HaveTheSameBitsForPhotosAloneAndInParts) {
    Occluder together = make(with_tensors(two_layers(), 32), {}, true);
    const auto expected = run(together, all_forwards(3));
    Occluder alone = make(with_tensors(two_layers(), 32), {}, true, 1);
    std::vector<float> rows;
    for (std::uint32_t photo = 0; photo < 3; ++photo) {
        alone.load(0, sample(photo));
        const auto of_photo = run(alone, all_forwards(1));
        rows.insert(rows.end(), of_photo.begin(), of_photo.end());
    }
    EXPECT_EQ(rows, expected);
    // More classes than a group holds: the photo is computed once more, and not given out twice.
    Occluder small = make(with_tensors(two_layers(), 1), {}, true, 1);
    std::vector<Forward> forwards = all_forwards(1);
    for (int i = 0; i < 3; ++i) forwards.insert(forwards.end(), forwards.begin() + 1, forwards.begin() + 6);
    const auto parts = run(small, forwards);
    ASSERT_EQ(parts.size(), forwards.size() * scenes);
    for (std::size_t i = 0; i < forwards.size(); ++i)
        EXPECT_TRUE(std::equal(parts.begin() + static_cast<std::ptrdiff_t>(i * scenes),
                               parts.begin() + static_cast<std::ptrdiff_t>((i + 1) * scenes),
                               parts.begin() + static_cast<std::ptrdiff_t>(forwards[i].semantic * scenes)))
            << i;
}

TEST_F(IncrementalTensors, GoOnWithTheRestOfTheNetwork) {
    const std::string body =
        network_of(first_layer() + "h = torch.max_pool2d(h, [2, 2])\na = torch.tanh(h)\nh = h + a", 20);
    Occluder incremental = make(with_tensors(body), {}, true);
    ASSERT_TRUE(incremental.incremental());
    EXPECT_THAT(remarks(incremental), ContainsRegex("tensor operations on cpu; from aten::tanh on"));
    Occluder whole = make(with_tensors(body), {}, false);
    const auto expected = run(whole, all_forwards(3));
    const auto found = run(incremental, all_forwards(3));
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5F) << i;
}

TEST_F(IncrementalTensors, KeepNumbersThatAreNone) {
    const std::string body =
        network_of(first_layer() + "h = h * 1e30 * 1e30\nh = h - 1e38 * 1e0 * 1e0\n" + weights("v", 20, 20, 1, 1) +
                       "h = torch.relu(torch.conv2d(h, v))\nh = torch.max_pool2d(h, [2, 2])",
                   20);
    Occluder incremental = make(with_tensors(body), {}, true);
    const auto rows = run(incremental, {{0, 0}, {0, 2}});
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](float p) { return !std::isfinite(p); }));
}

TEST_F(IncrementalTensors, AreMeasured) {
    Occluder occluder = make(with_tensors(two_layers()), {}, true);
    const Measurement measured = measure(occluder, {sample(0), sample(1)}, Inhibited::classes, [] {});
    EXPECT_GT(measured.whole, 0);
    EXPECT_GT(measured.incremental, 0);
}

TEST_F(IncrementalTensors, OfAGpuGiveWhatItsWholeForwardsGive) {
    if (network::visible_cuda_devices() == 0) GTEST_SKIP() << "there is no GPU";
    NetworkOptions network = options(two_layers(), 32);
    network.device = {network::DeviceKind::cuda, 0};
    Occluder whole = make(network, {}, false);
    Occluder together = make(network, {}, true);
    ASSERT_TRUE(together.incremental()) << remarks(together);
    EXPECT_THAT(remarks(together), HasSubstr("tensor operations on cuda:0"));
    const auto expected = run(whole, all_forwards(3));
    const auto found = run(together, all_forwards(3));
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-4F) << i;
    std::vector<float> rows;
    for (std::uint32_t photo = 0; photo < 3; ++photo) {
        together.load(0, sample(photo));
        const auto of_photo = run(together, all_forwards(1));
        rows.insert(rows.end(), of_photo.begin(), of_photo.end());
    }
    EXPECT_EQ(rows, found);
    const Measurement measured = measure(together, {sample(0), sample(1)}, Inhibited::classes, [] {});
    EXPECT_GT(measured.incremental, 0);
}

}  // namespace
}  // namespace semscope::incremental
