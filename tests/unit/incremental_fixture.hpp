#pragma once

#include "semscope/incremental/occluder.hpp"
#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

/// What tests of incremental inference share: small networks, photos with a few classes, and the comparison with whole
/// forwards.
namespace semscope::incremental {

using network::Forward;
using network::NetworkOptions;
using network::OcclusionOptions;
using network::Sample;
using testing::HasSubstr;

inline constexpr int crop = 40;
inline constexpr std::size_t scenes = 5;

/// A photo of smooth noise with four classes: a block, a stripe, scattered pixels, and the rest.
inline std::shared_ptr<const Sample> sample(std::uint32_t image) {
    auto made = std::make_shared<Sample>();
    made->image = image;
    for (int i = 0; i < crop * crop; ++i) {
        const int y = i / crop;
        const int x = i % crop;
        const auto bits = philox4x32({static_cast<std::uint32_t>(y / 3 * crop + x / 3), image, 0, 0}, {0, 0});
        for (std::size_t c = 0; c < 3; ++c) made->rgb.push_back(static_cast<std::uint8_t>(bits[c]));
        std::uint8_t label = 1;
        if (y > 25 && y < 34 && x < 12) label = 2;
        if (x == 30 + static_cast<int>(image % 3)) label = 3;
        if (i % 211 == static_cast<int>(image)) label = 4;
        made->labels.push_back(label);
    }
    return made;
}

/// Of each photo itself and its classes; and of one class that the photo lacks.
inline std::vector<Forward> all_forwards(int photos) {
    std::vector<Forward> forwards;
    for (int slot = 0; slot < photos; ++slot)
        for (std::uint16_t semantic = 0; semantic <= 5; ++semantic) forwards.push_back({slot, semantic});
    return forwards;
}

/// The body of a network: `layers` make h of x, [N,C,H,W]; the scores are a fully connected layer over its mean.
inline std::string network_of(const std::string& layers, int channels) {
    return layers + "\nu = torch.sin(torch.linspace(0, 50, 5 * " + std::to_string(channels) + ")).reshape(5, " +
           std::to_string(channels) +
           ")\nh = torch.adaptive_avg_pool2d(h, [1, 1])\nreturn 3.0 * torch.matmul(torch.flatten(h, 1), u.t())";
}

/// Weights of a convolution, [n,c,k,k], named `name`: no two filters alike.
inline std::string weights(const std::string& name, int n, int c, int height, int width) {
    const int numbers = n * c * height * width;
    return name + " = torch.sin(torch.linspace(0, " + std::to_string(numbers) + " * 0.7, " + std::to_string(numbers) +
           ")).reshape(" + std::to_string(n) + ", " + std::to_string(c) + ", " + std::to_string(height) + ", " +
           std::to_string(width) + ") / " + std::to_string(std::sqrt(c * height * width)) + "\n";
}

inline std::string first_layer() {
    return weights("w", 20, 3, 3, 3) + "b = torch.linspace(-0.2, 0.2, 20)\n" +
           "h = torch.relu(torch.conv2d(x, w, b, [1, 1], [1, 1]))\n";
}

class IncrementalTest : public testing::Test {
  protected:
    NetworkOptions options(const std::string& body, int batch = 8) const {
        NetworkOptions made;
        made.path = folder_.path() / "model.ts";
        made.batch = batch;
        made.crop = crop;
        made.scenes = scenes;
        testing_support::write_network(made.path, body);
        return made;
    }
    static std::string remarks(const Occluder& occluder) {
        std::string all;
        for (const auto& remark : occluder.remarks()) all += remark.text + "\n";
        return all;
    }
    /// Probabilities of `forwards`, batch by batch.
    static std::vector<float> run(Occluder& occluder, std::vector<Forward> forwards) {
        std::vector<float> rows;
        for (std::span<const Forward> left = forwards; !left.empty();) {
            const std::size_t count = occluder.next_batch(left);
            occluder.assemble(left.first(count));
            occluder.start();
            EXPECT_EQ(occluder.started_forwards(), count);
            rows.resize(rows.size() + count * scenes);
            occluder.finish(std::span(rows).last(count * scenes));
            left = left.subspan(count);
        }
        return rows;
    }
    static Occluder make(const NetworkOptions& network, const OcclusionOptions& occlusion, bool incremental,
                         int photos = 3) {
        Occluder occluder(network::Occluder(network, occlusion), incremental);
        for (int slot = 0; slot < photos; ++slot) occluder.load(slot, sample(static_cast<std::uint32_t>(slot)));
        return occluder;
    }
    /// Largest difference between both ways; the incremental one must have been taken, all of it where `rest` is "".
    void expect_same(const std::string& body, const std::string& rest = "", const OcclusionOptions& occlusion = {}) {
        const NetworkOptions network = options(body);
        Occluder whole = make(network, occlusion, false);
        Occluder incremental = make(network, occlusion, true);
        ASSERT_TRUE(incremental.incremental()) << body << "\n" << remarks(incremental);
        if (rest.empty())
            EXPECT_THAT(remarks(incremental), testing::Not(HasSubstr("runs as a whole"))) << body;
        else
            EXPECT_THAT(remarks(incremental), HasSubstr("from " + rest)) << body;
        const auto forwards = all_forwards(3);
        const auto expected = run(whole, forwards);
        const auto found = run(incremental, forwards);
        ASSERT_EQ(found.size(), expected.size());
        float largest = 0;
        float moved = 0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            largest = std::max(largest, std::abs(found[i] - expected[i]));
            moved = std::max(moved, std::abs(expected[i] - expected[i % scenes]));
        }
        EXPECT_LE(largest, 1e-5F) << body;
        EXPECT_GT(moved, 1e-3F) << "the variants of this network differ too little to tell anything\n" << body;
        EXPECT_LT(incremental.flops(), incremental.flops_of_whole());
        expect_same_of_tensors(network, occlusion, expected);
    }
    /// The same by tensor operations, as on a GPU; of one photo, as they are slow on a CPU.
    static void expect_same_of_tensors(NetworkOptions network, const OcclusionOptions& occlusion,
                                       const std::vector<float>& expected) {
        network.assemble_as_on_gpu = true;
        Occluder incremental = make(network, occlusion, true, 1);
        ASSERT_THAT(remarks(incremental), HasSubstr("tensor operations on cpu"));
        const auto found = run(incremental, all_forwards(1));
        for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 1e-5F) << i;
    }
    testing_support::TemporaryFolder folder_;
};

}  // namespace semscope::incremental
