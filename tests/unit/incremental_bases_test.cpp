// Forwards that are computed from others than the photo: which these are, and that the numbers do not depend on it.
#include "incremental/bases.hpp"
#include "incremental/dirty_pixels.hpp"
#include "incremental_fixture.hpp"

#include <numeric>

namespace semscope::incremental {
namespace {

using Shown = std::vector<std::vector<std::uint32_t>>;

std::size_t changed(const std::vector<std::size_t>& pixels, const Shown& shown, std::size_t a, std::size_t b) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) sum += shown[a][i] == shown[b][i] ? 0 : pixels[i];
    return sum;
}

TEST(IncrementalBases, SingleClassesAreComputedFromThePhoto) {
    EXPECT_EQ(find_bases(std::vector<std::size_t>{5, 1, 9}, Shown{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}),
              (std::vector<int>{0, 0, 0, 0}));
    EXPECT_EQ(find_bases(std::vector<std::size_t>{5}, Shown{{0}}), (std::vector<int>{0}));
}

TEST(IncrementalBases, ACoalitionIsComputedFromTheOneThatItChangesLeast) {
    const std::vector<std::size_t> pixels{5, 1, 9};
    // All, then two, then one: each from the one after it, whatever their order.
    EXPECT_EQ(find_bases(pixels, Shown{{0, 0, 0}, {1, 1, 1}, {1, 1, 0}, {0, 1, 0}}), (std::vector<int>{0, 2, 3, 0}));
    // Noise that differs with the class that stays: nothing is alike.
    EXPECT_EQ(find_bases(pixels, Shown{{0, 0, 0}, {0, 2, 2}, {3, 0, 3}}), (std::vector<int>{0, 0, 0}));
    // 6, 10 and 14 pixels from the photo, and the last one 6 from the one before it.
    EXPECT_EQ(find_bases(pixels, Shown{{0, 0, 0}, {1, 1, 0}, {0, 1, 1}, {1, 0, 1}}), (std::vector<int>{0, 0, 0, 2}));
}

/// The fewest pixels by another algorithm, Kruskal's.
std::size_t fewest_by_kruskal(const std::vector<std::size_t>& pixels, const Shown& shown) {
    struct Edge {
        std::size_t length, a, b;
    };
    std::vector<Edge> edges;
    for (std::size_t a = 0; a < shown.size(); ++a)
        for (std::size_t b = 0; b < a; ++b) edges.push_back({changed(pixels, shown, a, b), a, b});
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.length < b.length; });
    std::vector<std::size_t> part(shown.size());
    std::iota(part.begin(), part.end(), std::size_t{0});
    std::size_t sum = 0;
    for (const Edge& edge : edges) {
        if (part[edge.a] == part[edge.b]) continue;
        sum += edge.length;
        const std::size_t gone = part[edge.a];
        for (std::size_t& each : part)
            if (each == gone) each = part[edge.b];
    }
    return sum;
}

TEST(IncrementalBases, TogetherForwardsChangeTheFewestPixelsAndComeToThePhoto) {
    for (std::uint32_t trial = 0; trial < 50; ++trial) {
        const std::size_t classes = 1 + trial % 7;
        std::vector<std::size_t> pixels;
        Shown shown{std::vector<std::uint32_t>(classes, 0)};
        for (std::uint32_t i = 0; i < classes; ++i)
            pixels.push_back(1 + philox4x32({i, trial, 0, 0}, {1, 1})[0] % 1000);
        for (std::uint32_t f = 1; f < 2 + trial; ++f) {
            const auto bits = philox4x32({f, trial, 1, 0}, {1, 1})[0];
            shown.emplace_back();
            for (std::size_t i = 0; i < classes; ++i) shown.back().push_back(bits >> i & 1);
        }
        const Group group{find_bases(pixels, shown)};
        ASSERT_EQ(group.forwards(), shown.size());
        std::size_t sum = 0;
        for (std::size_t f = 0; f < shown.size(); ++f)
            sum += changed(pixels, shown, f, static_cast<std::size_t>(group.base[f]));
        EXPECT_EQ(sum, fewest_by_kruskal(pixels, shown)) << trial;
        EXPECT_EQ(group.base[0], 0);
        // A forward whose bases went in a circle would have no depth.
        const auto depths = group.depths();
        for (std::size_t f = 1; f < depths.size(); ++f)
            EXPECT_EQ(depths[f], depths[static_cast<std::size_t>(group.base[f])] + 1);
    }
}

/// All sets of the classes 1 to 4 and of one that the photos lack, the photo itself first.
std::vector<Forward> all_coalitions(int photos) {
    std::vector<Forward> forwards;
    for (int slot = 0; slot < photos; ++slot)
        for (unsigned mask = 0; mask < 32; ++mask) {
            Forward forward{slot};
            for (unsigned i = 0; i < 5; ++i)
                if ((mask >> i & 1) != 0) forward.also.push_back(static_cast<std::uint16_t>(i + 1));
            if (!forward.also.empty()) {
                forward.semantic = forward.also.front();
                forward.also.erase(forward.also.begin());
            }
            forwards.push_back(forward);
        }
    return forwards;
}

/// Convolutions of every form, with maps that pass forward by forward where they may.
std::string body() {
    return network_of(
        first_layer() + weights("e", 160, 20, 1, 1) + weights("d", 160, 1, 3, 3) + weights("p", 24, 160, 1, 1) +
            weights("v", 24, 24, 3, 3) + "g = torch.relu6(torch.conv2d(h, e, torch.linspace(-0.5, 0.5, 160)))\n" +
            "g = torch.relu6(torch.conv2d(g, d, torch.linspace(0, 0.3, 160), [1, 1], [1, 1], [1, 1], 160))\n" +
            "h = torch.conv2d(g, p)\nh = torch.max_pool2d(h, [3, 3], [2, 2])\n" +
            "h = torch.relu(torch.conv2d(h, v, None, [2, 2], [1, 1]))\nh = torch.cat([h, h * 0.5], 1)",
        48);
}

TEST_F(IncrementalTest, CoalitionsGiveWhatTheNetworkGivesWithEveryFill) {
    const NetworkOptions network = options(body(), 16);
    for (const Fill fill : {Fill::mean, Fill::reference, Fill::black, Fill::white, Fill::blur, Fill::noise}) {
        OcclusionOptions occlusion;
        occlusion.fill = fill;
        occlusion.blur_kernel = 5;
        Occluder whole = make(network, occlusion, false, 1);
        Occluder incremental = make(network, occlusion, true, 1);
        ASSERT_TRUE(incremental.incremental()) << remarks(incremental);
        const auto expected = run(whole, all_coalitions(1));
        const double of_trial = incremental.flops();
        const auto found = run(incremental, all_coalitions(1));
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5F) << i;
        NetworkOptions by_tensors = network;
        by_tensors.assemble_as_on_gpu = true;
        Occluder tensors = make(by_tensors, occlusion, true, 1);
        ASSERT_THAT(remarks(tensors), HasSubstr("tensor operations on cpu"));
        const double of_its_trial = tensors.flops();
        const auto found_by_tensors = run(tensors, all_coalitions(1));
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found_by_tensors[i], expected[i], 1e-5F) << i;
        EXPECT_NEAR((tensors.flops() - of_its_trial) / (incremental.flops() - of_trial), 1, 0.02) << "from other bases";
    }
}

TEST_F(IncrementalTest, ACoalitionHasTheSameBitsFromAnyBase) {
    NetworkOptions network = options(body(), 8);
    for (const Mode mode : {Mode::remove, Mode::keep})
        for (const Fill fill : {Fill::mean, Fill::noise}) {
            OcclusionOptions occlusion;
            occlusion.mode = mode;
            occlusion.fill = fill;
            // Coalitions of several classes are of mode remove only.
            const auto forwards = mode == Mode::remove ? all_coalitions(2) : all_forwards(2);
            network.threads = 1;
            network.batch = 8;
            Occluder alone = make(network, occlusion, true, 2);
            std::vector<float> expected;
            for (const Forward& forward : forwards) {
                auto rows = run(alone, {{forward.slot}, forward});
                expected.insert(expected.end(), rows.end() - scenes, rows.end());
            }
            for (const int threads : {1, 2})
                for (const int batch : {8, 32}) {
                    network.threads = threads;
                    network.batch = batch;
                    Occluder together = make(network, occlusion, true, 2);
                    EXPECT_EQ(run(together, forwards), expected) << threads << " threads, batches of " << batch;
                    EXPECT_LT(together.flops(), 0.95 * alone.flops());
                }
        }
}

TEST_F(IncrementalTest, CoalitionsAreMeasuredForAttributions) {
    Occluder occluder = make(options(body(), 16), {}, true);
    const double of_trial = occluder.flops_of_whole();
    const Measurement measured = measure(occluder, {sample(0), sample(1)}, Inhibited::coalitions, [] {});
    EXPECT_GT(measured.incremental, 0);
    EXPECT_LT(measured.difference, largest_accepted_difference);
    const double of_coalitions = occluder.flops_of_whole() - of_trial;
    measure(occluder, {sample(0), sample(1)}, Inhibited::classes, [] {});
    const double of_classes = occluder.flops_of_whole() - of_trial - of_coalitions;
    EXPECT_NEAR(of_classes / of_coalitions, 5.0 / 8, 1e-9) << "a photo has 4 classes and 3 coalitions more";
}

}  // namespace
}  // namespace semscope::incremental
