

// A linear network on flat stripes: every probability of every variant can be written down.
#include "occlude_fixture.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <array>
#include <cmath>
#include <map>

namespace semscope {
namespace {

using testing_support::Stripe;
using testing_support::TinyImage;

constexpr std::array<double, 3> mean{0.485, 0.456, 0.406};
constexpr std::array<double, 3> deviation{0.229, 0.224, 0.225};

/// Normalised value of the inhibited pixels of a uniform fill.
double fill_value(const std::string& fill, std::size_t channel) {
    if (fill == "reference") return mean[channel];
    if (fill == "black") return -mean[channel] / deviation[channel];
    if (fill == "white") return (1 - mean[channel]) / deviation[channel];
    return 0;
}

/// softmax(weights x mean colour), with `semantic` inhibited (0: nothing).
std::vector<double> expected_row(const TinyImage& image, int semantic, const std::string& fill, const std::string& mode,
                                 const testing_support::LinearWeights& weights) {
    std::array<double, 3> colour{};
    for (const Stripe& stripe : image.stripes) {
        const bool inhibited = semantic != 0 && (mode == "remove") == (stripe.semantic == semantic);
        for (std::size_t c = 0; c < 3; ++c) {
            const double own = (stripe.rgb[c] / 255.0 - mean[c]) / deviation[c];
            colour[c] += (inhibited ? fill_value(fill, c) : own) * stripe.width / testing_support::tiny_side;
        }
    }
    std::vector<double> row;
    double sum = 0;
    for (const auto& weight : weights) {
        row.push_back(std::exp(weight[0] * colour[0] + weight[1] * colour[1] + weight[2] * colour[2]));
        sum += row.back();
    }
    for (double& p : row) p /= sum;
    return row;
}

std::map<int, int> pixels_of_classes(const TinyImage& image) {
    std::map<int, int> pixels;
    for (const Stripe& stripe : image.stripes)
        if (stripe.semantic != 0) pixels[stripe.semantic] += stripe.width * testing_support::tiny_side;
    return pixels;
}

class ClosedForm : public OccludeTest, public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(ClosedForm, EveryProbabilityIsTheOneThatCanBeWrittenDown) {
    const auto [fill, mode] = GetParam();
    const auto images = testing_support::varied_tiny_images(11);
    make_data(images);
    const Outcome outcome = occlude(2, {"--occlusion.fill", fill, "--occlusion.mode", mode});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;

    const results::OcclusionReader file(output());
    ASSERT_TRUE(file.complete());
    ASSERT_EQ(file.images(), images.size());
    const std::array<std::string, 3> scenes{"kitchen", "bedroom", "street"};
    for (std::size_t i = 0; i < images.size(); ++i) {
        const auto expect_row = [&](const std::vector<float>& stored, int semantic) {
            const auto expected = expected_row(images[i], semantic, fill, mode, weights());
            for (std::size_t c = 0; c < expected.size(); ++c)
                EXPECT_NEAR(stored[c], expected[c], 2e-6) << "image " << i << " class " << semantic;
        };
        expect_row(file.image_probabilities({i, i + 1}), 0);
        const auto plain = expected_row(images[i], 0, fill, mode, weights());
        EXPECT_NEAR(file.image_losses({i, i + 1})[0], -std::log(plain[i % 3]), 1e-5);
        EXPECT_EQ(scenes.at(static_cast<std::size_t>(file.image_scenes({i, i + 1})[0])), images[i].scene);

        const auto classes = pixels_of_classes(images[i]);
        const auto offsets = file.variant_offsets({i, i + 1});
        ASSERT_EQ(offsets[1] - offsets[0], classes.size()) << "absent classes must not be forwarded";
        auto expected_class = classes.begin();
        for (std::uint64_t v = offsets[0]; v < offsets[1]; ++v, ++expected_class) {
            EXPECT_EQ(file.variant_semantics({v, v + 1})[0], expected_class->first);
            EXPECT_EQ(file.variant_pixels({v, v + 1})[0], static_cast<unsigned>(expected_class->second));
            EXPECT_EQ(file.variant_images({v, v + 1})[0], i);
            expect_row(file.variant_probabilities({v, v + 1}), expected_class->first);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Fills, ClosedForm,
                         testing::Values(std::pair("mean", "remove"), std::pair("reference", "remove"),
                                         std::pair("black", "keep"), std::pair("white", "remove"),
                                         std::pair("mean", "keep")),
                         [](const auto& each) { return std::string(each.param.first) + "_" + each.param.second; });

class Occlude : public OccludeTest {};

TEST_F(Occlude, ClassesBelowMinPixelsAreNotInhibited) {
    make_data({{"kitchen", {{1, 20, {9, 9, 9}}, {2, 4, {200, 0, 0}}}}});
    ASSERT_EQ(occlude(1, {"--occlusion.min-pixels", "97"}).exit_code, 0);  // class 2 has 4 x 24 = 96
    const results::OcclusionReader file(output());
    EXPECT_EQ(file.variant_semantics({0, file.variants()}), (std::vector<std::uint16_t>{1}));
}

TEST_F(Occlude, AnImageWithoutLabelsHasNoVariants) {
    make_data({{"kitchen", {{0, 24, {9, 9, 9}}}}, {"street", {{0, 24, {90, 9, 9}}}}});
    const Outcome outcome = occlude(2);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const results::OcclusionReader file(output());
    EXPECT_EQ(file.variants(), 0U);
    EXPECT_TRUE(results::check_occlusion_content(file).empty());
}

TEST_F(Occlude, AutoRecordsWhatTheNetworkGivesAndGoesOnWithIt) {
    make_data(testing_support::varied_tiny_images(4));
    testing_support::write_network(model(), "return torch.softmax(x.mean([2, 3]), 1)");
    ASSERT_EQ(occlude(1, {"--model.output", "probabilities"}).exit_code, 0);
    const std::string declared = digest();
    const Outcome found = occlude(2, {"--model.output", "auto", "--output.overwrite"});
    ASSERT_EQ(found.exit_code, 0) << found.output;
    EXPECT_THAT(found.output, testing::HasSubstr("model.output = auto: the network gives probabilities"));
    EXPECT_EQ(digest(), declared);
    EXPECT_THAT(results::OcclusionReader(output()).attribute("configuration"),
                testing::HasSubstr("[model]\npath = " + model().string() + "\nsha256 = \noutput = probabilities\n"));
    const Outcome again = occlude(1, {"--model.output", "auto", "--run.resume"});
    EXPECT_EQ(again.exit_code, 0) << again.output;
    EXPECT_THAT(again.output, testing::HasSubstr("nothing is left to do"));
}

TEST_F(Occlude, ARowThatIsNotWhatWasDeclaredEndsTheRunAndNamesThePhoto) {
    std::vector<testing_support::TinyImage> images(5, {"kitchen", {{1, 24, {9, 9, 9}}}});
    images.push_back({"street", {{1, 24, {255, 255, 255}}}});  // beyond the photos of the trial
    make_data(images);
    testing_support::write_network(model(),
                                   "m = x.mean([2, 3])\n"
                                   "return torch.softmax(m, 1) * (1 + (m.amax(1, keepdim=True) > 2).float())");
    const Outcome outcome = occlude(2, {"--model.output", "probabilities"});
    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_THAT(outcome.output, testing::AllOf(testing::HasSubstr("which model.output promises"),
                                               testing::HasSubstr("val/street/0005.png (as it is)"),
                                               testing::HasSubstr("sums to 2.000")));
}

TEST_F(Occlude, ANetworkThatGivesProbabilitiesIsTakenAtItsWord) {
    make_data({{"kitchen", {{1, 24, {9, 9, 9}}}}});
    testing_support::write_network(model(), "return torch.softmax(x.mean([2, 3]), 1)");
    ASSERT_EQ(occlude(1, {"--model.output", "probabilities"}).exit_code, 0);
    const results::OcclusionReader file(output());
    double sum = 0;
    std::array<double, 3> expected{};
    for (std::size_t c = 0; c < 3; ++c) sum += expected[c] = std::exp((9 / 255.0 - mean[c]) / deviation[c]);
    const auto row = file.image_probabilities({0, 1});
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(row[c], expected[c] / sum, 1e-6);
}

}  // namespace
}  // namespace semscope
