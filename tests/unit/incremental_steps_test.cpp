// Operations that run in one pass: which they are, and that they give what they give one by one.
#include "incremental/steps.hpp"
#include "incremental_fixture.hpp"

namespace semscope::incremental {
namespace {

Operation operation(Kind kind, std::vector<int> inputs, int output) {
    Operation made;
    made.kind = kind;
    made.inputs = std::move(inputs);
    made.output = output;
    if (kind == Kind::depthwise) made.window = {.height = 3, .width = 3, .pad_y = 1, .pad_x = 1};
    return made;
}

/// A convolution, a depthwise one and a 1x1 convolution.
Graph separable() {
    Graph graph;
    graph.maps.assign(4, Shape{8, 6, 6});
    graph.operations = {operation(Kind::convolution, {0}, 1), operation(Kind::depthwise, {1}, 2),
                        operation(Kind::convolution, {2}, 3)};
    graph.output = 3;
    return graph;
}

TEST(IncrementalSteps, ADepthwiseConvolutionIsOneStepWithTheProductThatReadsIt) {
    const Graph graph = separable();
    const auto steps = find_steps(graph);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].operation, 2U);
    EXPECT_EQ(steps[0].depthwise, 1U);
    EXPECT_EQ(steps[0].expansion, 0U);
    EXPECT_EQ(last_uses(graph, steps), (std::vector<std::vector<int>>{{0, 1, 2}}));
}

TEST(IncrementalSteps, WhatOthersReadToStaysAStepOfItsOwn) {
    Graph graph = separable();
    graph.operations[2].residual = 1;  // the expansion is read twice
    EXPECT_EQ(find_steps(graph).size(), 2U);
    EXPECT_FALSE(find_steps(graph)[1].expansion);
    graph.operations[2].residual = 2;
    EXPECT_EQ(find_steps(graph).size(), 3U);
    graph = separable();
    graph.operations[2].window = {.height = 3, .width = 3};
    EXPECT_EQ(find_steps(graph).size(), 3U);
    graph = separable();
    graph.operations[2].groups = 2;
    EXPECT_EQ(find_steps(graph).size(), 3U);
    graph = separable();
    graph.maps.resize(5, Shape{8, 6, 6});
    graph.operations.push_back(operation(Kind::add, {3, 2}, 4));
    graph.output = 4;
    EXPECT_EQ(find_steps(graph).size(), 4U);
}

/// Two convolutions whose channels stand one after the other.
Graph fire() {
    Graph graph;
    graph.maps.assign(3, Shape{8, 6, 6});
    graph.maps.push_back({16, 6, 6});
    graph.operations = {operation(Kind::convolution, {0}, 1), operation(Kind::convolution, {0}, 2),
                        operation(Kind::concatenate, {1, 2}, 3)};
    graph.output = 3;
    return graph;
}

TEST(IncrementalSteps, AConvolutionKnowsTheConcatenationThatAloneReadsIt) {
    const auto steps = find_steps(fire());
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].concatenation, 2U);
    EXPECT_EQ(steps[0].first_channel, 0);
    EXPECT_EQ(steps[1].concatenation, 2U);
    EXPECT_EQ(steps[1].first_channel, 8);
    EXPECT_FALSE(steps[2].concatenation);
}

TEST(IncrementalSteps, AMapThatIsReadOnceMoreIsNoPartOfAConcatenation) {
    Graph graph = fire();
    graph.operations[2].inputs = {1, 1};
    EXPECT_FALSE(find_steps(graph)[0].concatenation) << "twice by the concatenation";
    graph = fire();
    graph.operations[1].residual = 1;
    EXPECT_FALSE(find_steps(graph)[0].concatenation) << "as a residual";
    EXPECT_EQ(find_steps(graph)[1].concatenation, 2U);
    graph = fire();
    graph.output = 2;
    EXPECT_FALSE(find_steps(graph)[1].concatenation) << "as what the network gives";
    graph.operations[0].kind = Kind::apply;
    EXPECT_FALSE(find_steps(graph)[0].concatenation) << "not made by a convolution";
}

/// An inverted residual block with so many channels that its maps pass forward by forward where there are several
/// photos, and stay as a whole where there is one.
std::string wide_block(const std::string& stride, const std::string& sum) {
    return first_layer() + weights("e", 160, 20, 1, 1) + weights("d", 160, 1, 3, 3) + weights("p", 20, 160, 1, 1) +
           "g = torch.relu6(torch.conv2d(h, e, torch.linspace(-0.5, 0.5, 160)))\n" +
           "g = torch.relu6(torch.conv2d(g, d, torch.linspace(0, 0.3, 160), " + stride + ", [1, 1], [1, 1], 160))\n" +
           "g = torch.conv2d(g, p)\n" + sum;
}

TEST_F(IncrementalTest, SeparableConvolutionsGiveWhatTheNetworkGives) {
    expect_same(network_of(wide_block("[1, 1]", "h = h + g"), 20));
    expect_same(network_of(wide_block("[2, 2]", "h = torch.relu(g)"), 20));
    // A window of 5 x 5 that is as wide as it is far: none of its pixels is that of its neighbour.
    expect_same(network_of(first_layer() + weights("d", 20, 1, 5, 5) + weights("p", 24, 20, 1, 1) +
                               "h = torch.conv2d(h, d, None, [1, 1], [4, 4], [2, 2], 20)\nh = torch.conv2d(h, p)",
                           24));
}

TEST_F(IncrementalTest, MapsThatPassForwardByForwardChangeNoBits) {
    NetworkOptions network = options(network_of(wide_block("[2, 2]", "h = torch.relu(g)"), 20), 1);
    // Photo by photo in the one slot that there is.
    Occluder small = make(network, {}, true, 1);
    std::vector<float> expected;
    for (std::uint32_t photo = 0; photo < 3; ++photo) {
        small.load(0, sample(photo));
        const auto rows = run(small, all_forwards(1));
        expected.insert(expected.end(), rows.begin(), rows.end());
    }
    network.batch = 32;
    for (const int threads : {1, 2}) {
        network.threads = threads;
        Occluder large = make(network, {}, true);
        EXPECT_EQ(run(large, all_forwards(3)), expected) << threads << " threads";
        EXPECT_LT(large.largest_bytes(), 3U * 6 * 1600 * 160 * sizeof(float));
    }
}

}  // namespace
}  // namespace semscope::incremental
