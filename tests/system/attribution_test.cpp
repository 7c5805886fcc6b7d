// Attributions through the whole program: networks whose values can be written down, and the same file however it is
// made.
#include "occlude_fixture.hpp"
#include "python_checks.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <algorithm>
#include <cstdint>

namespace semscope {
namespace {

using results::CurveArea;
using results::InteractionScene;
using results::OcclusionReader;
using testing::HasSubstr;

const std::vector<std::string> everything{"--attribution.shapley",       "auto",
                                          "--attribution.curves",        "--attribution.interactions",
                                          "--attribution.random-orders", "2"};

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

/// Sees which of three colours are there: bed red, stove green, car blue; the wall is grey. Kitchen is likely where bed
/// or stove is, bedroom where both are, street takes the rest; the car adds to the bedroom whatever else is there.
constexpr const char* network_of_colours =
    "seen = (x.amax([2, 3]) > 1).float()\n"
    "bed, stove, car = seen[:, 0], seen[:, 1], seen[:, 2]\n"
    "kitchen = 0.1 + 0.6 * torch.maximum(bed, stove)\n"
    "bedroom = 0.05 + 0.1 * bed * stove + 0.08 * car\n"
    "return torch.stack([kitchen, bedroom, 1 - kitchen - bedroom], 1)";

class Attributions : public OccludeTest {
  protected:
    void make_colours() {
        make_data(
            {{"kitchen", {{1, 4, {120, 120, 110}}, {2, 8, {255, 0, 0}}, {3, 7, {0, 255, 0}}, {4, 5, {0, 0, 255}}}}});
        testing_support::write_network(model(), network_of_colours);
    }
    Outcome attribute(int ranks, const std::vector<std::string>& more) const {
        return occlude(ranks, with({"--model.output", "probabilities"}, more));
    }
};

void expect_near(const std::vector<float>& found, const std::vector<double>& expected, const char* what) {
    ASSERT_EQ(found.size(), expected.size()) << what;
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6) << what << " " << i;
}

// The classes of the image are wall, bed, stove and car.
TEST_F(Attributions, TwoClassesThatStandInForEachOtherAreFoundThoughEachAloneSeemsIrrelevant) {
    make_colours();
    const Outcome run = attribute(1, everything);
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_THAT(run.output, HasSubstr("16 forwards\n"));
    EXPECT_THAT(run.output,
                HasSubstr("Shapley values (1 images exact, 0 sampled), curves in 5 orders, interactions of 6 pairs"));
    const OcclusionReader file(output());
    ASSERT_EQ(file.variants(), 4);

    const auto p = file.image_probabilities({0, 1});
    const auto inhibited = file.variant_probabilities({0, 4});
    for (const std::size_t s : {0, 1, 2, 3})
        EXPECT_EQ(inhibited[3 * s], p[0]) << "without class " << s << " the kitchen is as likely as before";

    const auto phi = file.shapley_values({0, 4});
    // An OR shares 0.6 between bed and stove, a product shares 0.1, the car adds 0.08 of its own.
    expect_near(phi, {0, 0, 0, 0.3, 0.05, -0.35, 0.3, 0.05, -0.35, 0, 0.08, -0.08}, "Shapley values");
    EXPECT_THAT(file.shapley_errors({0, 4}), testing::Each(0.0F));
    EXPECT_THAT(file.image_coalitions({0, 1}), testing::ElementsAre(16));
    expect_near(file.empty_probabilities({0, 1}), {0.1, 0.05, 0.85}, "nothing stays");

    // Pairs: wall-bed, wall-stove, wall-car, bed-stove, bed-car, stove-car. Kitchen is predicted, and true.
    expect_near(file.interactions(InteractionScene::predicted, {0, 6}), {0, 0, 0, -0.6, 0, 0}, "interactions");
    expect_near(file.interactions(InteractionScene::truth, {0, 6}), {0, 0, 0, -0.6, 0, 0}, "interactions");
    EXPECT_THAT(file.pair_first({0, 6}), testing::ElementsAre(1, 1, 1, 2, 2, 3));
    EXPECT_THAT(file.pair_second({0, 6}), testing::ElementsAre(2, 3, 4, 3, 4, 4));

    // By deviation all are equal: wall, bed, stove, car. By Shapley value bed and stove come first.
    EXPECT_THAT(file.orders(), testing::ElementsAre("deviation", "shapley", "area", "random 1", "random 2"));
    const auto steps = file.step_semantics({0, 4});
    const auto deletion = file.deletion_curves({0, 4});
    const auto insertion = file.insertion_curves({0, 4});
    const auto column = [](const auto& values, std::size_t order) {
        std::vector<double> found;
        for (std::size_t k = 0; k < 4; ++k) found.push_back(values[5 * k + order]);
        return found;
    };
    EXPECT_THAT(column(steps, 0), testing::ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(column(steps, 1), testing::ElementsAre(2, 3, testing::_, testing::_)) << "wall and car have 0";
    EXPECT_THAT(column(steps, 2), testing::ElementsAre(2, 3, 4, 1)) << "8, 7, 5 and 4 columns";
    const auto near = [](double value) { return testing::DoubleNear(value, 1e-6); };
    EXPECT_THAT(column(deletion, 0), testing::ElementsAre(near(0.7), near(0.7), near(0.1), near(0.1)));
    EXPECT_THAT(column(deletion, 1), testing::ElementsAre(near(0.7), near(0.1), near(0.1), near(0.1)));
    EXPECT_THAT(column(insertion, 1), testing::ElementsAre(near(0.7), near(0.7), near(0.7), near(0.7)));
    EXPECT_NEAR(file.areas(CurveArea::deletion, {0, 1})[1], (0.7 + 0.4 + 0.1 + 0.1) / 4, 1e-6);
    EXPECT_NEAR(file.areas(CurveArea::deletion_pixels, {0, 1})[1], (8 * 0.7 + 7 * 0.4 + 9 * 0.1) / 24, 1e-6);
    EXPECT_NEAR(file.areas(CurveArea::insertion, {0, 1})[1], (0.4 + 0.7 + 0.7 + 0.7) / 4, 1e-6);
    const auto flips = file.flip_counts({0, 1});
    EXPECT_EQ(flips[0], 3) << "the street is more likely when bed and stove are gone";
    EXPECT_EQ(flips[1], 2);
    EXPECT_TRUE(results::check_occlusion_content(file).empty());

    // The statistics of the scene say the same: 2 is irrelevant, 1 is relevant, by deviation and by Shapley value.
    const auto statistics = folder() / "statistics.h5";
    const Outcome reduced =
        testing_support::run_ranks(1, {bin + "/semscope-reduce", "--output.occlusion", output().string(),
                                       "--output.statistics", statistics.string()});
    ASSERT_EQ(reduced.exit_code, 0) << reduced.output;
    EXPECT_THAT(reduced.output,
                HasSubstr("equal in 0 of 1 scenes; 0 classes in both, 0 by deviation alone, 2 by Shapley "
                          "value alone"));
    const results::StatisticsReader scenes(statistics);
    EXPECT_THAT(scenes.relevance({0, 1}), testing::ElementsAre(0, 2, 2, 2, 2));
    EXPECT_THAT(scenes.relevance({0, 1}, Attribution::shapley), testing::ElementsAre(0, 2, 1, 1, 2));
    const auto pairs = scenes.interactions(InteractionScene::predicted, {0, 1});
    ASSERT_EQ(pairs.first.size(), 6U);
    EXPECT_EQ(pairs.first[3], 2);
    EXPECT_EQ(pairs.second[3], 3);
    EXPECT_NEAR(pairs.column(results::InteractionColumn::mean)[3], -0.6, 1e-6);
}

TEST_F(Attributions, AgreeWithCaptumsShapleyValuesOnTheSameFeatureMasks) {
    make_data(testing_support::varied_tiny_images(8));
    testing_support::write_network(model(),
                                   "m = torch.tanh(x.mean([2, 3]))\n"
                                   "v = x.amax([2, 3])\n"
                                   "return torch.stack([3 * m[:, 0] * v[:, 1], 2 * torch.relu(m[:, 2]) - v[:, 0], "
                                   "m[:, 0] - m[:, 1] * v[:, 2]], 1)");
    const Outcome run = occlude(2, {"--attribution.shapley", "exact"});
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const Outcome check = run_python("check_captum.py", {output().string(), root().string(), model().string(), "24"});
    EXPECT_EQ(check.exit_code, 0) << check.output;
    EXPECT_THAT(check.output, HasSubstr("8 images"));
}

// Images of up to four classes, of which those of four are sampled; some without classes.
TEST_F(Attributions, AreTheSameBitsForAnyNumberOfRanksAndAfterAnInterruption) {
    make_data(testing_support::varied_tiny_images(16));
    const auto options = with(everything, {"--attribution.budget", "14"});
    ASSERT_EQ(occlude(1, options).exit_code, 0);
    const std::string one = digest();
    {
        const OcclusionReader file(output());
        const auto coalitions = file.image_coalitions({0, file.images()});
        const auto most = *std::max_element(coalitions.begin(), coalitions.end());
        EXPECT_TRUE(most > 8 && most <= 14) << "images of four classes are sampled: " << most;
        EXPECT_THAT(coalitions, testing::Contains(8)) << "those of three are not";
        EXPECT_EQ(results::check_occlusion_content(file), std::vector<std::string>());
    }
    for (const int ranks : {2, 3}) {
        const Outcome run =
            occlude(ranks, with(options, {"--output.overwrite", "--run.batch", "4", "--run.loaders", "2"}));
        ASSERT_EQ(run.exit_code, 0) << run.output;
        EXPECT_EQ(digest(), one) << ranks << " ranks";
    }
    // A file that lacks some images.
    {
        const hdf5::File file = hdf5::File::open(output(), hdf5::Access::read_write);
        hdf5::Dataset status = file.dataset("/image/status");
        auto states = status.read<std::uint8_t>();
        for (const std::size_t image : {1U, 6U, 7U, 15U}) states[image] = 0;
        status.write<std::uint8_t>(comm::Range{0, states.size()}, states);
        const auto offsets = file.dataset("/image/variant_offset").read<std::uint64_t>();
        for (const char* name : {"/variant/shapley", "/variant/deletion"}) {
            hdf5::Dataset dataset = file.dataset(name);
            auto values = dataset.read<float>();
            const std::size_t length = dataset.row_length();
            for (const std::size_t image : {1U, 6U, 7U, 15U})
                for (std::uint64_t i = offsets[image] * length; i < offsets[image + 1] * length; ++i) values[i] = -7;
            dataset.write<float>(comm::Range{0, offsets.back()}, values);
        }
        hdf5::update_attribute(file.id(), "complete", 0);
    }
    EXPECT_NE(digest(), one);
    const Outcome refused = occlude(2, with(everything, {"--attribution.budget", "15", "--run.resume"}));
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_THAT(refused.output, HasSubstr("attribution.budget was 14 and is 15"));
    const Outcome resumed = occlude(3, with(options, {"--run.resume"}));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.output;
    EXPECT_EQ(digest(), one);
}

TEST_F(Attributions, TheDryRunTellsForwardsAndBytesBeforeAnythingIsDone) {
    make_colours();
    const Outcome plan = attribute(1, with(everything, {"--attribution.budget", "14", "--dry-run"}));
    ASSERT_EQ(plan.exit_code, 0) << plan.output;
    // 14 coalitions; of 6 pairs some are among them; curves ask for the rest, and 2^4 are all.
    EXPECT_THAT(plan.output, HasSubstr("16 forwards\n"));
    EXPECT_THAT(plan.output,
                HasSubstr("at most 11 of these forwards are for Shapley values (0 images exact, 1 sampled)"));
    EXPECT_FALSE(std::filesystem::exists(output()));
    ASSERT_EQ(attribute(1, with(everything, {"--attribution.budget", "14"})).exit_code, 0);
}

TEST_F(Attributions, WhatIsDamagedIsFound) {
    make_colours();
    ASSERT_EQ(attribute(1, everything).exit_code, 0);
    const auto sound = folder() / "sound.h5";
    std::filesystem::copy_file(output(), sound);
    const auto expect_finding = [&](const char* name, std::size_t place, const std::string& words) {
        std::filesystem::copy_file(sound, output(), std::filesystem::copy_options::overwrite_existing);
        {
            const hdf5::File file = hdf5::File::open(output(), hdf5::Access::read_write);
            hdf5::Dataset dataset = file.dataset(name);
            auto values = dataset.read<float>();
            values.at(place) += 2e-4F;
            dataset.write<float>(comm::Range{0, dataset.rows()}, values);
        }
        const auto check = testing_support::run_program({bin + "/semscope-inspect", "--check", output().string()});
        EXPECT_EQ(check.exit_code, 2) << name;
        EXPECT_THAT(check.output, HasSubstr(words)) << name;
    };
    expect_finding("/variant/shapley", 4, "/variant/shapley of image 0 sums to");
    expect_finding("/variant/shapley_error", 1, "/variant/shapley_error of image 0 holds");
    expect_finding("/image/insertion_area_pixels", 2, "where /image/insertion_area_pixels says");
    expect_finding("/variant/deletion", 0, "where /image/deletion_area says");
    expect_finding("/variant/deletion", 19, "do not end at p_empty");
    expect_finding("/image/probability_empty", 0, "sums to");
}

/// Real photos and a real network, where a developer has them.
TEST_F(Attributions, OfIndoorPhotosAreThoseOfBruteForce) {
    const auto network = real_data() / "models/squeezenet_places365.ts";
    if (!std::filesystem::exists(network)) GTEST_SKIP() << "no real data at " << real_data();
    const std::string root = (real_data() / "nyuv2").string();
    // Large classes only: 2^n forwards in Python, too.
    const auto run = testing_support::run_program(
        with({bin + "/semscope-occlude", "--data.root", root, "--data.semantics", "objectInfo.txt", "--data.limit", "2",
              "--model.path", network.string(), "--occlusion.min-pixels", "3000", "--run.batch", "16",
              "--output.occlusion", output().string()},
             everything));
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const Outcome check =
        run_python("check_attribution.py", {output().string(), "--root", root, "--model", network.string()});
    EXPECT_EQ(check.exit_code, 0) << check.output;
    EXPECT_THAT(check.output, HasSubstr("2 images, 2 exact"));
}

}  // namespace
}  // namespace semscope
