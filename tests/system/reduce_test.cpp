

// The statistics of made-up and of tiny real occlusion files, against NumPy and SciPy; the same for any number of
// ranks.
#include "reduce_fixture.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <cmath>

namespace semscope {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Reduce : public ReduceTest {};

TEST_F(Reduce, MadeUpNumbersAgreeWithNumPy) {
    make_occlusion();
    const Outcome outcome = reduce(3, statistics());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("Top@1 |    Top@2 |    Top@5 | Mean Class Accuracy"));
    expect_numpy_agrees(statistics());
}

TEST_F(Reduce, WhatIsRareAgreesWithNumPyToo) {
    // No known scenes, one image, no variants, nothing readable, two scenes.
    const std::vector<std::vector<std::string>> rare{
        {"--unknown", "1"},   {"--images", "1", "--unknown", "0", "--unreadable", "0", "--not-finite", "0"},
        {"--variants", "0"},  {"--unreadable", "1"},
        {"--scenes", "2"},    {"--images", "40", "--scenes", "40"},
        {"--semantics", "2"}, {"--images", "2000", "--seed", "7"}};
    for (std::size_t i = 0; i < rare.size(); ++i) {
        make_occlusion(rare[i]);
        const auto to = statistics(std::to_string(i));
        const Outcome outcome = reduce(2, to, {"--statistics.seed", "5"});
        ASSERT_EQ(outcome.exit_code, 0) << i << outcome.output;
        expect_numpy_agrees(to);
        EXPECT_EQ(inspect({"--check", to.string()}).exit_code, 0) << i;
        EXPECT_EQ(inspect({to.string()}).exit_code, 0) << i;
    }
}

TEST_F(Reduce, ATinyDataSetAgreesWithNumPy) {
    make_data(testing_support::varied_tiny_images(23));
    const Outcome occluded = occlude(2);
    ASSERT_EQ(occluded.exit_code, 0) << occluded.output;
    const Outcome outcome = reduce(2, statistics());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const auto table = outcome.output.substr(outcome.output.find("    Loss |"));
    EXPECT_THAT(occluded.output, HasSubstr(table.substr(0, table.find("pending") + 7))) << "both print one evaluation";
    EXPECT_THAT(occluded.output, ContainsRegex(R"(forwards/s; [0-9]+ images: loss [0-9.]+, top-1 [0-9.]+ %)"));
    expect_numpy_agrees(statistics());

    const results::OcclusionReader source(output());
    const results::StatisticsReader file(statistics());
    for (const char* name : {"configuration_digest", "model_sha256", "image_list_sha256"})
        EXPECT_EQ(file.attribute(name), source.attribute(name));
    EXPECT_EQ(file.attribute("occlusion_identity").size(), 64U);
    EXPECT_THAT(content(statistics().parent_path() / "provenance.json"),
                AllOf(HasSubstr("command_line"), HasSubstr("created"), HasSubstr(statistics().string())));
    EXPECT_THAT(file.attribute("configuration"), AllOf(HasSubstr("[statistics]"), Not(HasSubstr("[data]"))));
}

TEST_F(Reduce, DistributionsOfWholeLabelMapsAgreeWithNumPyOnAnyNumberOfRanks) {
    make_data(testing_support::varied_tiny_images(23));
    ASSERT_EQ(occlude(2, {"--preprocess.crop", "10"}).exit_code, 0);
    ASSERT_EQ(reduce(1, statistics()).exit_code, 0);
    for (const int ranks : {1, 3}) {
        const auto to = statistics(std::to_string(ranks));
        const Outcome outcome = reduce(ranks, to, {"--statistics.area", "full"});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        expect_numpy_agrees(to, {(root() / "noisy_annotations_RGB").string()});
        EXPECT_EQ(content(to.parent_path() / "deviations.csv"), content(statistics().parent_path() / "deviations.csv"))
            << "nothing but the distributions changes";
    }
    const results::StatisticsReader crop(statistics()), full(statistics("1"));
    EXPECT_NE(crop.distribution_truth({0, 3}), full.distribution_truth({0, 3}));
    EXPECT_EQ(full.settings().full_area, 1U);
    EXPECT_THAT(full.attribute("configuration"), HasSubstr("area = full"));
}

TEST_F(Reduce, AttributionsAgreeWithNumPyWithTheSameBitsOnAnyNumberOfRanks) {
    make_data(testing_support::varied_tiny_images(23));
    ASSERT_EQ(occlude(2, {"--attribution.curves", "true", "--attribution.shapley", "auto", "--attribution.budget", "32",
                          "--attribution.random-orders", "3", "--attribution.interactions", "true"})
                  .exit_code,
              0);
    for (const int ranks : {1, 3}) {
        const Outcome outcome = reduce(ranks, statistics(std::to_string(ranks)));
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("deletion   deviation"), HasSubstr("insertion  random"),
                                          HasSubstr("relevant sets by deviation and by Shapley value: equal in")));
        EXPECT_EQ(inspect({"--check", statistics(std::to_string(ranks)).string()}).exit_code, 0);
    }
    EXPECT_EQ(inspect({"--digest", statistics("1").string()}).output,
              inspect({"--digest", statistics("3").string()}).output);
    for (const char* name : {"shapley.csv", "interactions.csv", "faithfulness.csv"})
        EXPECT_EQ(content(folder() / "1" / name), content(folder() / "3" / name)) << name;
    for (const char* script : {"/check_faithfulness.py", "/check_interactions.py"}) {
        const Outcome check =
            testing_support::run_program({python, scripts + script, output().string(), statistics("3").string()});
        EXPECT_EQ(check.exit_code, 0) << check.output;
    }
    expect_numpy_agrees(statistics("3"));
    ASSERT_EQ(reduce(1, statistics("by"), {"--statistics.attribution", "shapley"}).exit_code, 0);
    EXPECT_EQ(results::StatisticsReader(statistics("by")).settings().shapley, 1U);
    expect_numpy_agrees(statistics("by"));
    EXPECT_THAT(results::StatisticsReader(statistics("1")).order_kinds(),
                testing::ElementsAre("deviation", "shapley", "area", "random"));
    for (const char* line :
         {"f['/faithfulness/all/mean'][1, 2] += 1e-3", "f['/faithfulness/scene/mean'][:, 0, 3] += 1e-3",
          "f['/faithfulness/scene/images'][:] += 1", "f['/faithfulness/all/ci_low'][0, 0] = 2",
          "f['/faithfulness/all/insertion'][0, 3] += 1e-3", "f['/faithfulness/scene/deletion'][:, 1, 0] += 1e-3",
          "f['/shapley/correct/mean'][:] += 1e-3", "f['/relevance/shapley_set'][0, 1] = 7",
          "f['/interaction/truth/images'][0] = 99", "f['/interaction/predicted/q_value'][0] = 0",
          "f['/interaction/predicted/second'][0] = 0", "f['/interaction/truth/mean'][1] = numpy.nan"}) {
        std::filesystem::copy_file(statistics("1"), folder() / "damaged.h5",
                                   std::filesystem::copy_options::overwrite_existing);
        damage(folder() / "damaged.h5", line);
        EXPECT_EQ(inspect({"--check", (folder() / "damaged.h5").string()}).exit_code, 2) << line;
    }
}

TEST_F(Reduce, ShapleyValuesThatAreNotThereCannotBeAskedFor) {
    make_occlusion({"--images", "10"});
    const Outcome outcome = reduce(2, statistics(), {"--statistics.attribution", "shapley"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("statistics.attribution = shapley: " + output().string()),
                                      HasSubstr("attribution.shapley = auto")));
    EXPECT_FALSE(std::filesystem::exists(statistics()));
}

TEST_F(Reduce, AnyNumberOfRanksGivesTheSameBits) {
    make_occlusion({"--images", "500"});
    std::string first;
    for (const int ranks : {1, 2, 3, 4, 9}) {  // 9: more ranks than scenes
        const auto to = statistics(std::to_string(ranks));
        const Outcome outcome = reduce(ranks, to);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        const std::string digest = inspect({"--digest", to.string()}).output;
        if (first.empty()) first = digest;
        EXPECT_EQ(digest, first) << ranks << " ranks";
        const Outcome difference = testing_support::run_program({"h5diff", statistics("1").string(), to.string()});
        EXPECT_EQ(difference.exit_code, 0) << ranks << " ranks: " << difference.output;
        for (const char* name : {"evaluation.json", "scenes.csv", "scenes.json", "deviations.csv", "images.csv"})
            EXPECT_EQ(content(to.parent_path() / name), content(statistics("1").parent_path() / name)) << name;
    }
}

TEST_F(Reduce, TheSeedChangesIntervalsAndNothingThatIsCounted) {
    make_occlusion();
    ASSERT_EQ(reduce(1, statistics("a")).exit_code, 0);
    ASSERT_EQ(reduce(1, statistics("b"), {"--statistics.seed", "9"}).exit_code, 0);
    const results::StatisticsReader a(statistics("a"));
    const results::StatisticsReader b(statistics("b"));
    using results::Column;
    using results::DeviationSet;
    const results::Range all{0, a.scenes()};
    const auto bits = [](const std::vector<double>& values) {
        return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
    };
    const auto column = [&](const results::StatisticsReader& file, Column which) {
        return bits(file.column(DeviationSet::predicted, which, all));
    };
    EXPECT_NE(column(a, Column::ci_low), column(b, Column::ci_low));
    EXPECT_EQ(column(a, Column::mean), column(b, Column::mean));
    EXPECT_EQ(a.relevance(all), b.relevance(all));
}

TEST_F(Reduce, ThresholdsMoveClassesBetweenTheSets) {
    make_occlusion();
    ASSERT_EQ(reduce(1, statistics(), {"--statistics.relevant", "1", "--statistics.distracting", "1"}).exit_code, 0);
    const results::StatisticsReader file(statistics());
    EXPECT_EQ(file.settings().relevant, 1.0);
    for (const std::uint8_t set : file.relevance({0, file.scenes()})) EXPECT_NE(set, 1);
    expect_numpy_agrees(statistics());
}

TEST_F(Reduce, AConfigurationFileOfAllProgramsIsUnderstood) {
    make_occlusion();
    std::ofstream(folder() / "all.cfg") << "[model]\npath = nowhere.ts\n[run]\nbatch = 8\n[output]\nocclusion = "
                                           "occlusion.h5\nstatistics = s.h5\n[statistics]\nresamples = 50\n";
    const Outcome outcome =
        testing_support::run_program({bin + "/semscope-reduce", "--config", (folder() / "all.cfg").string()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(results::StatisticsReader(folder() / "s.h5").settings().resamples, 50U);
    for (const char* name :
         {"evaluation.json", "scenes.csv", "scenes.json", "deviations.csv", "images.csv", "provenance.json"}) {
        EXPECT_TRUE(std::filesystem::exists(folder() / (std::string("s.") + name))) << name;
        EXPECT_FALSE(std::filesystem::exists(folder() / name)) << "of the default name alone: " << name;
    }
    // Statistics of another threshold live in the same folder.
    EXPECT_EQ(reduce(1, folder() / "t.h5", {"--statistics.relevant", "0.5"}).exit_code, 0);
    const Outcome few = inspect({"--scene", "scene 6", (folder() / "t.h5").string()});
    EXPECT_THAT(few.output, HasSubstr("\u2020 an interval of 1 image")) << few.output;
}

TEST_F(Reduce, HelpShowsItsOwnOptionsOnly) {
    const Outcome outcome = testing_support::run_program({bin + "/semscope-reduce", "--help"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("--reduce.partial"), Not(HasSubstr("--model.path"))));
}

class InspectStatistics : public ReduceTest {
  protected:
    void SetUp() override {
        make_occlusion();
        const Outcome outcome = reduce(1, statistics());
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }
};

TEST_F(InspectStatistics, SummarisesInWordsAndAsJson) {
    const Outcome words = inspect({statistics().string()});
    EXPECT_EQ(words.exit_code, 0);
    EXPECT_THAT(words.output, AllOf(HasSubstr("statistics file"), HasSubstr("Mean Class Accuracy"),
                                    HasSubstr("occlusion_identity"), HasSubstr("[statistics]")));
    const Outcome json = inspect({"--json", statistics().string()});
    EXPECT_THAT(json.output, AllOf(HasSubstr("\"top1\""), HasSubstr("\"resamples\": 2000")));
}

TEST_F(InspectStatistics, ReadsFilesOfTheVersionBeforeImages) {
    damage(statistics(), "f.attrs['format_version'] = numpy.uint64(2); del f['/image']");
    EXPECT_FALSE(results::StatisticsReader(statistics()).has_images());
    EXPECT_EQ(inspect({"--check", statistics().string()}).exit_code, 0);
    EXPECT_EQ(inspect({statistics().string()}).exit_code, 0);
}

TEST_F(InspectStatistics, RanksTheClassesOfAScene) {
    const Outcome outcome = inspect({"--scene", "scene 2", statistics().string()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("scene 2: "), HasSubstr("95 % interval"), HasSubstr("++++")));
    EXPECT_THAT(outcome.output, Not(HasSubstr("class 11 ")));  // never present
    EXPECT_THAT(outcome.output, Not(HasSubstr("\u2020"))) << "an interval of many images";
    const Outcome unknown = inspect({"--scene", "scene", statistics().string()});
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_THAT(unknown.output, AllOf(HasSubstr("there is no scene"), HasSubstr("nearest: "), HasSubstr("scene 1")));
    EXPECT_EQ(inspect({"--scene", "scene 2", output().string()}).exit_code, 2);
}

TEST_F(InspectStatistics, ChecksThatTheContentAgreesWithItself) {
    EXPECT_EQ(inspect({"--check", statistics().string()}).exit_code, 0);
    for (const char* line : {"f['/deviation/correct/mean'][2, 2] += 1e-3", "f['/evaluation/scene_top1'][2] += 1",
                             "f['/relevance/set'][0, 1] = 9", "f['/deviation/predicted/sample_offset'][5] = 10**6",
                             "f['/deviation/predicted/q_value'][2, 2] = 0", "f['/image/rank'][7] = 9",
                             "f['/image/predicted'][7] = 10**6", "f['/image/flip_offset'][5] = 10**6"}) {
        std::filesystem::copy_file(statistics(), folder() / "damaged.h5",
                                   std::filesystem::copy_options::overwrite_existing);
        damage(folder() / "damaged.h5", line);
        EXPECT_EQ(inspect({"--check", (folder() / "damaged.h5").string()}).exit_code, 2) << line;
    }
}

}  // namespace
}  // namespace semscope
