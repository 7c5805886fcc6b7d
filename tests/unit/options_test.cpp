#include "semscope/app/options.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/placement.hpp"
#include "semscope/app/timing_table.hpp"
#include "semscope/app/vocabulary.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace semscope::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

class OptionsTest : public testing::Test {
  protected:
    OptionsTest() : options_("program", "does things", "file") {
        options_.add({.name = "file", .kind = ValueKind::path});
        options_.add({.name = "data.root", .kind = ValueKind::path});
        options_.add({.name = "data.images", .kind = ValueKind::data_path, .default_value = "val.txt"});
        options_.add({.name = "run.batch",
                      .kind = ValueKind::integer,
                      .default_value = "32",
                      .least = 1,
                      .changes_results = true});
        options_.add({.name = "run.threads", .kind = ValueKind::integer_or_auto, .default_value = "auto", .least = 1});
        options_.add({.name = "run.resume", .kind = ValueKind::flag, .default_value = "false"});
        options_.add({.name = "preprocess.mean", .kind = ValueKind::three_reals, .default_value = "0.1, 0.2, 0.3"});
        options_.add(
            {.name = "fill", .kind = ValueKind::choice, .default_value = "mean", .choices = {"mean", "black"}});
        options_.add({.name = "check", .kind = ValueKind::flag, .default_value = "false"});
    }
    Request parse(const std::vector<std::string>& words) {
        std::vector<const char*> arguments{"program"};
        for (const auto& word : words) arguments.push_back(word.c_str());
        return options_.parse(static_cast<int>(arguments.size()), arguments.data());
    }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path() / name) << text;
        return (folder_.path() / name).string();
    }
    testing_support::TemporaryFolder folder_;
    Options options_;
};

TEST_F(OptionsTest, AConfigurationFileWithoutNameOrOfAnotherKindIsAnInputError) {
    EXPECT_THAT([&] { parse({"--config", ""}); }, ThrowsMessage<InputError>(HasSubstr("configuration file")));
    const auto huge = write("huge.cfg", std::string((1 << 20) + 1, '#'));
    EXPECT_THAT([&] { parse({"--config", huge}); }, ThrowsMessage<InputError>(HasSubstr("larger than 1048576 bytes")));
}

TEST_F(OptionsTest, AValueThatNoConfigurationFileCanHoldIsRefusedSoThatTheRecordIsTrue) {
    for (const char* value : {"a\nrun.batch = 1", "a\x1b[2J", "a\xff", "a #b", "#a", " a", "a "})
        EXPECT_THROW(parse({"--data.root", value}), InputError) << value;
    EXPECT_THAT([&] { parse({"--data.root", "a\x1b[2J"}); }, ThrowsMessage<InputError>(HasSubstr("\\x1b[2J")));
    EXPECT_EQ(parse({"--data.root", "a#b c"}), Request::run);
}

TEST_F(OptionsTest, DefaultsHoldWhenNothingIsSaid) {
    EXPECT_EQ(parse({}), Request::run);
    EXPECT_EQ(options_.integer("run.batch"), 32);
    EXPECT_EQ(options_.integer_or_auto("run.threads"), std::nullopt);
    EXPECT_FALSE(options_.flag("run.resume"));
    EXPECT_THAT(options_.three_reals("preprocess.mean"), ElementsAre(0.1F, 0.2F, 0.3F));
    EXPECT_TRUE(options_.path("data.root").empty());
}

TEST_F(OptionsTest, TheCommandLineWinsOverFilesAndLaterFilesOverEarlier) {
    const auto first = write("first.cfg", "# comment\n[run]\nbatch = 4   # four\nthreads = 2\n");
    const auto second = write("second.cfg", "run.threads = 3\n");
    parse({"--config", first, "-c", second, "--run.batch", "5", "--run.batch=6"});
    EXPECT_EQ(options_.integer("run.batch"), 6) << "of several the last counts";
    EXPECT_EQ(options_.integer_or_auto("run.threads"), 3);
}

TEST_F(OptionsTest, PathsAreRelativeToWhereTheyAreSaid) {
    const auto file = write("a.cfg", "[data]\nroot = photos\nimages = lists/test.txt\n");
    parse({"-c", file});
    EXPECT_EQ(options_.path("data.root"), folder_.path() / "photos");
    EXPECT_EQ(options_.path("data.images"), folder_.path() / "photos/lists/test.txt");
    parse({"--data.root", "here", "x.h5"});
    EXPECT_EQ(options_.path("data.root"), std::filesystem::current_path() / "here");
    EXPECT_EQ(options_.path("file"), std::filesystem::current_path() / "x.h5");
}

TEST_F(OptionsTest, ARequestTakesNoValueAndASettingMay) {
    parse({"--check", "x.h5", "--run.resume", "true"});
    EXPECT_TRUE(options_.flag("check"));
    EXPECT_TRUE(options_.flag("run.resume"));
    EXPECT_EQ(options_.path("file").filename(), "x.h5");
}

TEST_F(OptionsTest, AllProblemsAreReportedTogetherWithTheirPlace) {
    const auto file = write("bad.cfg", "[run]\nbatch = 0\nwhat\nbacht = 3\n");
    EXPECT_THAT(
        [&] {
            parse({"-c", file, "--fill", "green", "--unknown", "1", "--preprocess.mean", "1,2"});
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("bad.cfg:2"), HasSubstr("bad.cfg:3"), HasSubstr("bad.cfg:4"),
                                        HasSubstr("mean, black"), HasSubstr("--unknown"), HasSubstr("three numbers"))));
}

TEST_F(OptionsTest, UnknownNamesComeWithTheNearestKnownOnes) {
    const auto file = write("bad.cfg", "[run]\nbacht = 3\n");
    EXPECT_THAT(
        [&] {
            parse({"-c", file, "--data.rot", "x"});
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("unknown key run.bacht; nearest: run.batch"),
                                        HasSubstr("unknown option --data.rot (see --help); nearest: data.root"))));
}

TEST_F(OptionsTest, AKeyThatStandsTwiceInAFileIsRefusedWithBothLines) {
    const auto file = write("bad.cfg", "[run]\nbatch = 3\n\nbatch = 4\n");
    EXPECT_THAT(
        [&] {
            parse({"-c", file});
        },
        ThrowsMessage<InputError>(HasSubstr("bad.cfg:4: run.batch stands already in line 2")));
}

TEST_F(OptionsTest, ASha256IsNothingOr64HexadecimalDigits) {
    options_.add({.name = "model.sha256", .kind = ValueKind::sha256});
    for (const std::string& good : {std::string(), std::string(64, 'a'), std::string(64, 'F')})
        EXPECT_EQ(parse({"--model.sha256", good}), Request::run);
    for (const std::string& bad : {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g')})
        EXPECT_THAT(
            [&] {
                parse({"--model.sha256", bad});
            },
            ThrowsMessage<InputError>(AllOf(HasSubstr("model.sha256"), HasSubstr(bad))));
}

TEST_F(OptionsTest, NumbersThatAreNoneAreRefused) {
    for (const char* bad : {"", "4x", "1e3", "-1", "99999999999999999999", "nan"})
        EXPECT_THROW(parse({std::string("--run.batch=") + bad}), Error) << bad;
}

TEST_F(OptionsTest, AnAbbreviationIsNoOption) { EXPECT_THROW(parse({"--run.bat", "3"}), Error); }

TEST_F(OptionsTest, AMissingFileIsNamed) {
    EXPECT_THAT([&] { parse({"-c", "nowhere.cfg"}); }, ThrowsMessage<InputError>(HasSubstr("nowhere.cfg")));
}

TEST_F(OptionsTest, TheResolvedTextCanBeReadBack) {
    parse({"--run.batch", "7", "--data.root", "/photos"});
    const std::string text = options_.resolved();
    EXPECT_THAT(text, HasSubstr("[data]\nroot = /photos\nimages = /photos/val.txt\n"));
    EXPECT_THAT(options_.resolved_results_only(), AllOf(HasSubstr("batch = 7"), Not(HasSubstr("root"))));
    parse({"-c", write("again.cfg", text)});
    EXPECT_EQ(options_.resolved(), text);
}

TEST(Vocabulary, DefaultsAreValidAndNamesUnique) {
    Options options("program", "does things");
    for (auto* group : {data_options, label_options, preprocess_options, model_options, occlusion_options, run_options,
                        output_options})
        options.add(group());
    const std::vector<const char*> arguments{"program", "--data.root", "/x", "--model.path", "/y"};
    EXPECT_EQ(options.parse(static_cast<int>(arguments.size()), arguments.data()), Request::run);
    EXPECT_EQ(options.integer("run.batch"), 32);
    EXPECT_EQ(options.path("labels.root"), "/x/noisy_annotations_RGB");
}

TEST(Progress, SaysDoneTotalRateAndTimeLeft) {
    EXPECT_EQ(describe_progress(50, 200, 10, "forwards"), "50/200 forwards (25.0 %), 5.0 forwards/s, 30 s left");
    EXPECT_EQ(describe_progress(0, 200, 0, "forwards"), "0/200 forwards (0.0 %)");
    EXPECT_EQ(describe_duration(3725), "1 h 02 min");
    EXPECT_EQ(describe_duration(67), "1 min 07 s");
}

TEST(TimingTable, SharesAndRatesFollowFromTheNumbers) {
    RunSummary summary;
    summary.phases = {{"survey", 1, 2}, {"forward", 8, 9}};
    summary.wall_seconds = 10;
    summary.run_seconds = 8;
    summary.images = 16;
    summary.forwards = 90;
    summary.padding = 10;
    summary.ranks = 2;
    EXPECT_DOUBLE_EQ(summary.accounted_share(), 0.9);
    EXPECT_THAT(format_table(summary), AllOf(HasSubstr("2.00 images/s"), HasSubstr("11.25 forwards/s"),
                                             HasSubstr("padded share 10.00 %"), HasSubstr("80.0 %")));
    const auto json = nlohmann::json::parse(format_json(summary));
    EXPECT_DOUBLE_EQ(json["padded_share"], 0.1);
    EXPECT_EQ(json["phases"][1]["name"], "forward");
}

TEST(Placement, RanksOfOneHostShareALineAndEachDeviceIsNamed) {
    const std::vector<std::string> places{
        format_place({"n1", "cuda:0", "", 8, 2}), format_place({"n1", "cuda:1", "", 8, 2}),
        format_place({"n2", "cuda:0", "", 8, 2}), format_place({"n2", "cuda:0", "", 8, 2}),
        format_place({"n3", "cpu", "", 4, 1})};
    EXPECT_THAT(describe_placement(places),
                ElementsAre("ranks 0-1 -> n1 -> cuda:0 cuda:1 (8 threads, 2 decode workers each)",
                            "ranks 2-3 -> n2 -> cuda:0 (8 threads, 2 decode workers each)",
                            "rank 4 -> n3 -> cpu (4 threads, 1 decode workers)"));
}

TEST(Placement, OneVisibleDeviceATaskIsToldApartByTheLaunchersVariable) {
    const std::vector<std::string> places{format_place({"n1", "cuda:0", "CUDA_VISIBLE_DEVICES=0", 8, 2}),
                                          format_place({"n1", "cuda:0", "CUDA_VISIBLE_DEVICES=1", 8, 2})};
    EXPECT_THAT(describe_placement(places),
                ElementsAre(HasSubstr("cuda:0[CUDA_VISIBLE_DEVICES=0] cuda:0[CUDA_VISIBLE_DEVICES=1]")));
}

TEST(OptionsOfTheVocabulary, AnAutoIsRecordedAsWhatItCameTo) {
    Options options("program", "usage");
    options.add({.name = "run.batch",
                 .kind = ValueKind::integer_or_auto,
                 .default_value = "auto",
                 .least = 1,
                 .most = 64,
                 .changes_results = true});
    EXPECT_FALSE(options.integer_or_auto("run.batch"));
    options.settle("run.batch", 16);
    EXPECT_EQ(options.integer("run.batch"), 16);
    EXPECT_EQ(options.resolved_results_only(), "[run]\nbatch = 16\n");
    EXPECT_THROW(options.settle("run.batch", 65), LibraryError);
}

TEST(OptionsOfTheVocabulary, AWordThatIsNoPathStaysAsItIs) {
    Options options("program", "usage");
    options.add({.name = "model.path", .kind = ValueKind::path, .default_value = "null", .choices = {"null"}});
    EXPECT_EQ(options.path("model.path"), "null");
    EXPECT_EQ(options.resolved(), "[model]\npath = null\n");
}

}  // namespace
}  // namespace semscope::app
