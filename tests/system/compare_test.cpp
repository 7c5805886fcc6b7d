// Two occlusion files of the same images: every number against NumPy, the same bits on any number of ranks, and a
// network with random weights as the sanity check of Adebayo et al., "Sanity checks for saliency maps", 2018.
#include "python_checks.hpp"
#include "reduce_fixture.hpp"
#include "semscope/results/comparison_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <algorithm>
#include <cmath>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Compare : public ReduceTest {
  protected:
    Outcome compare(int ranks, const std::filesystem::path& first, const std::filesystem::path& second,
                    const std::string& run, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{bin + "/semscope-compare",
                                       first.string(),
                                       second.string(),
                                       "--output.comparison",
                                       file(run).string(),
                                       "--output.figures",
                                       (folder() / run / "figures").string()};
        words.insert(words.end(), more.begin(), more.end());
        return testing_support::run_ranks(ranks, words);
    }
    std::filesystem::path file(const std::string& run) const {
        std::filesystem::create_directories(folder() / run);
        return folder() / run / "comparison.h5";
    }
};

TEST_F(Compare, MadeUpRunsAgreeWithNumPyWithTheSameBitsOnAnyNumberOfRanks) {
    const auto first = folder() / "mean.h5", second = folder() / "blur.h5";
    make_occlusion();
    std::filesystem::rename(output(), first);
    make_occlusion({"--again", "1"});
    std::filesystem::rename(output(), second);
    std::string digest;
    for (const int ranks : {1, 2, 3}) {
        const std::string run = std::to_string(ranks);
        const Outcome outcome = compare(ranks, first, second, run);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("first:  mean"), HasSubstr("second: blur"), HasSubstr("Top@1"),
                                          HasSubstr("rank correlation"), HasSubstr("Jaccard")));
        const std::string own = inspect({"--digest", file(run).string()}).output;
        if (digest.empty()) digest = own;
        EXPECT_EQ(own, digest) << ranks << " ranks";
        for (const char* name : {"comparison.json", "comparison.scenes.csv", "comparison.classes.csv",
                                 "comparison.images.csv", "figures/comparison.svg", "figures/comparison/scene 2.png"})
            EXPECT_EQ(content(folder() / run / name), content(folder() / "1" / name)) << name;
    }
    const Outcome difference = testing_support::run_program({"h5diff", file("1").string(), file("3").string()});
    EXPECT_EQ(difference.exit_code, 0) << difference.output;
    const Outcome check = run_python("check_comparison.py", {first.string(), second.string(), file("3").string()});
    EXPECT_EQ(check.exit_code, 0) << check.output;

    EXPECT_EQ(inspect({"--check", file("2").string()}).exit_code, 0);
    EXPECT_THAT(inspect({file("2").string()}).output, AllOf(HasSubstr("comparison file"), HasSubstr("first_model")));
    EXPECT_THAT(inspect({"--json", file("2").string()}).output, HasSubstr("\"same_prediction\""));
    damage(file("2"),
           "f['/recognised/both'][2] += 1; f['/relevance/jaccard'][0] = 0.123; f['/explanation/role'][0] ^= 3");
    const Outcome damaged = inspect({"--check", file("2").string()});
    EXPECT_EQ(damaged.exit_code, 2);
    EXPECT_THAT(damaged.output, AllOf(HasSubstr("scene 2: who recognises"), HasSubstr("Jaccard"),
                                      HasSubstr("not those of /explanation")));
}

TEST_F(Compare, WhatIsRareAgreesWithNumPyToo) {
    // No known scenes, one image, nothing readable.
    const std::vector<std::vector<std::string>> rare{
        {"--unknown", "1", "--images", "20"},
        {"--images", "1", "--unknown", "0", "--unreadable", "0", "--not-finite", "0", "--scenes", "2"},
        {"--unreadable", "1", "--images", "20"}};
    for (std::size_t i = 0; i < rare.size(); ++i) {
        const auto first = folder() / "a.h5", second = folder() / "b.h5";
        auto more = rare[i];
        make_occlusion(more);
        std::filesystem::rename(output(), first);
        more.insert(more.end(), {"--again", "2"});
        make_occlusion(more);
        std::filesystem::rename(output(), second);
        const std::string run = std::to_string(i);
        const Outcome outcome = compare(2, first, second, run, {"--figures.formats", "svg"});
        ASSERT_EQ(outcome.exit_code, 0) << i << outcome.output;
        const Outcome check = run_python("check_comparison.py", {first.string(), second.string(), file(run).string()});
        EXPECT_EQ(check.exit_code, 0) << i << check.output;
        EXPECT_EQ(inspect({"--check", file(run).string()}).exit_code, 0) << i;
    }
}

TEST_F(Compare, ARandomNetworkHasNoRelevantClassesAndAnotherOrderOfThem) {
    const std::string network = (folder() / "random.ts").string();
    const Outcome made = run_python("random_network.py",
                                    {(std::filesystem::path(SEMSCOPE_DEMO_DIR) / "model.ts").string(), network, "1"});
    if (made.exit_code == 77) GTEST_SKIP() << made.output;
    ASSERT_EQ(made.exit_code, 0) << made.output;
    const auto run = [&](const std::string& name, const std::vector<std::string>& more) {
        std::vector<std::string> words{bin + "/semscope-occlude", "--config", SEMSCOPE_DEMO_DIR "/demo.cfg",
                                       "--output.occlusion", (folder() / name).string()};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome outcome = testing_support::run_ranks(2, words);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    };
    run("trained.h5", {"--attribution.curves", "true", "--attribution.random-orders", "2"});
    run("random.h5", {"--model.path", network});
    const Outcome outcome = compare(2, folder() / "trained.h5", folder() / "random.h5", "sanity");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    std::printf("%s", outcome.output.c_str());
    const results::ComparisonReader file(this->file("sanity"));
    const results::ComparisonSummary summary = file.summary();
    EXPECT_EQ(summary.rank_images, 96U);
    EXPECT_LT(std::abs(summary.rank_correlation.mean), 0.2);
    EXPECT_EQ(summary.jaccard.mean, 0);
    const auto scenes = file.read_scenes({0, file.scenes()});
    const auto relevant = [&](results::Side side) {
        const auto& set = scenes.relevant.at(static_cast<std::size_t>(side));
        return std::count(set.begin(), set.end(), 1);
    };
    EXPECT_GE(relevant(results::Side::first), 20);
    EXPECT_EQ(relevant(results::Side::second), 0);

    const Outcome same = compare(1, folder() / "trained.h5", folder() / "trained.h5", "same");
    ASSERT_EQ(same.exit_code, 0) << same.output;
    const auto itself = results::ComparisonReader(this->file("same")).summary();
    EXPECT_EQ(itself.rank_correlation.mean, 1);
    EXPECT_EQ(itself.jaccard.mean, 1);
    EXPECT_EQ(itself.first_alone + itself.second_alone, 0U);

    // The order by deviation is worth more than chance: the most relevant classes first, the scene is lost sooner.
    const Outcome reduced = testing_support::run_ranks(
        2, {bin + "/semscope-reduce", "--output.occlusion", (folder() / "trained.h5").string(), "--output.statistics",
            statistics().string()});
    ASSERT_EQ(reduced.exit_code, 0) << reduced.output;
    const results::StatisticsReader trained(statistics());
    ASSERT_EQ(trained.order_kinds().front(), "deviation");
    const auto areas = trained.overall_faithfulness();
    EXPECT_LT(areas.columns.at(static_cast<std::size_t>(results::AreaColumn::minus_random_ci_high))[0], -0.1);
}

}  // namespace
}  // namespace semscope
