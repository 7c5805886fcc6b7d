#include "semscope/cli/options.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/program_main.hpp"
#include "semscope/cli/run_report.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>

namespace semscope::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

enum class Colour { mean, black };

constexpr auto value_names(Colour /*enumeration*/) {
    // Not in the order of the enumerators, which must not count.
    return std::array<ValueName<Colour>, 2>{{{Colour::black, "black"}, {Colour::mean, "mean"}}};
}

/// What the options of these tests set.
struct Variables {
    std::filesystem::path file, root, images = "val.txt";
    int batch = 32;
    std::optional<int> threads;
    bool resume = false, check = false, images_given = false;
    std::array<float, 3> mean{0.1F, 0.2F, 0.3F};
    Colour fill = Colour::mean;
    std::string sha256;
};

class OptionsTest : public testing::Test {
  protected:
    OptionsTest() : options_("program", "does things", {"file"}) {
        Variables& v = variables_;
        options_.add(option("file", v.file, ""));
        options_.add(option("data.root", v.root, ""));
        options_.add(option("data.images", v.images, "", {.kind = ValueKind::data_path, .given = &v.images_given}));
        options_.add(option("run.batch", v.batch, "", {.minimum = 1, .changes_results = true}));
        options_.add(option("run.threads", v.threads, "", {.minimum = 1}));
        options_.add(option("run.resume", v.resume, ""));
        options_.add(option("preprocess.mean", v.mean, ""));
        options_.add(option("fill", v.fill, ""));
        options_.add(option("check", v.check, ""));
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
    Variables variables_;
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
    EXPECT_EQ(variables_.batch, 32);
    EXPECT_EQ(variables_.threads, std::nullopt);
    EXPECT_FALSE(variables_.resume);
    EXPECT_THAT(variables_.mean, ElementsAre(0.1F, 0.2F, 0.3F));
    EXPECT_TRUE(variables_.root.empty());
}

TEST_F(OptionsTest, TheCommandLineWinsOverFilesAndLaterFilesOverEarlier) {
    const auto first = write("first.cfg", "# comment\n[run]\nbatch = 4   # four\nthreads = 2\n");
    const auto second = write("second.cfg", "run.threads = 3\n");
    parse({"--config", first, "-c", second, "--run.batch", "5", "--run.batch=6"});
    EXPECT_EQ(variables_.batch, 6) << "of several the last counts";
    EXPECT_EQ(variables_.threads, 3);
}

TEST_F(OptionsTest, PathsAreRelativeToWhereTheyAreSaid) {
    const auto file = write("a.cfg", "[data]\nroot = photos\nimages = lists/test.txt\n");
    parse({"-c", file});
    EXPECT_EQ(variables_.root, folder_.path() / "photos");
    EXPECT_EQ(variables_.images, folder_.path() / "photos/lists/test.txt");
    parse({"--data.root", "here", "x.h5"});
    EXPECT_EQ(variables_.root, std::filesystem::current_path() / "here");
    EXPECT_EQ(variables_.file, std::filesystem::current_path() / "x.h5");
}

TEST_F(OptionsTest, ARequestTakesNoValueAndASettingMay) {
    parse({"--check", "x.h5", "--run.resume", "true"});
    EXPECT_TRUE(variables_.check);
    EXPECT_TRUE(variables_.resume);
    EXPECT_EQ(variables_.file.filename(), "x.h5");
}

TEST_F(OptionsTest, AllProblemsAreReportedTogetherWithTheirPlace) {
    const auto file = write("bad.cfg", "[run]\nbatch = 0\nwhat\nbacht = 3\n");
    EXPECT_THAT(
        [&] {
            parse({"-c", file, "--fill", "green", "--unknown", "1", "--preprocess.mean", "1,2"});
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("bad.cfg:2"), HasSubstr("bad.cfg:3"), HasSubstr("bad.cfg:4"),
                                        HasSubstr("black, mean"), HasSubstr("--unknown"), HasSubstr("three numbers"))));
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
    options_.add(option("model.sha256", variables_.sha256, "", {.kind = ValueKind::sha256}));
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

TEST_F(OptionsTest, AnEnumerationIsBoundByNamesAndNotByItsOrder) {
    EXPECT_THAT(options_.help(), HasSubstr("--fill black|mean"));
    for (const auto& [value, name] : value_names(Colour{})) {
        parse({"--fill", std::string(name)});
        EXPECT_EQ(variables_.fill, value) << name;
    }
}

TEST_F(OptionsTest, AVariableSaysWhetherItsOptionWasGiven) {
    parse({});
    EXPECT_FALSE(variables_.images_given);
    parse({"--data.images", "val.txt"});
    EXPECT_TRUE(variables_.images_given) << "though it is the default";
}

TEST_F(OptionsTest, NoVariableChangesBeforeAllValuesAreRight) {
    EXPECT_THROW(parse({"--run.batch", "7", "--run.threads", "0"}), InputError);
    EXPECT_EQ(variables_.batch, 32);
}

TEST_F(OptionsTest, TheCommandLineIsKept) {
    parse({"--run.batch", "7"});
    EXPECT_EQ(options_.command_line(), "program --run.batch 7");
}

TEST(Vocabulary, DefaultsAreValidAndNamesUnique) {
    Settings settings;
    Options options("program", "does things");
    options.add(vocabulary(settings, {Group::data, Group::labels, Group::preprocess, Group::model, Group::occlusion,
                                      Group::run, Group::output}));
    const std::vector<const char*> arguments{"program", "--data.root", "/x", "--model.path", "/y"};
    EXPECT_EQ(options.parse(static_cast<int>(arguments.size()), arguments.data()), Request::run);
    EXPECT_EQ(settings.run.batch, 32);
    EXPECT_EQ(settings.labels.root, "/x/noisy_annotations_RGB");
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
    EXPECT_THAT(format_table(summary), Not(HasSubstr("memory")));
    summary.peak_memory = 3U << 20U;
    EXPECT_THAT(format_table(summary), AllOf(HasSubstr("at most 3 MiB\n"), Not(HasSubstr("GPU"))));
    const auto json = nlohmann::json::parse(format_json(summary));
    EXPECT_EQ(json["peak_memory_bytes"], 3U << 20U);
    summary.peak_device_memory = 5ULL << 30U;
    EXPECT_THAT(format_table(summary), HasSubstr("at most 3 MiB, on its GPU 5120 MiB"));
    EXPECT_DOUBLE_EQ(json["padded_share"], 0.1);
    EXPECT_EQ(json["peak_device_memory_bytes"], 0);
    EXPECT_EQ(json["phases"][1]["name"], "forward");
}

TEST(OptionsOfTheVocabulary, AnAutoIsRecordedAsWhatItCameTo) {
    std::optional<int> batch;
    Options options("program", "usage");
    options.add(option("run.batch", batch, "", {.minimum = 1, .maximum = 64, .changes_results = true}));
    options.settle(batch, std::optional(16));
    EXPECT_EQ(batch, 16);
    EXPECT_EQ(options.resolved_results_only(), "[run]\nbatch = 16\n");
    EXPECT_THROW(options.settle(batch, std::optional(65)), LibraryError);
    const std::optional<int> unbound;
    EXPECT_THROW(options.settle(unbound, std::optional(1)), LibraryError);
}

TEST(OptionsOfTheVocabulary, AWordThatIsNoPathStaysAsItIs) {
    std::filesystem::path path = "null";
    Options options("program", "usage");
    options.add(option("model.path", path, "", {.words = {"null"}}));
    const std::array arguments{"program"};
    options.parse(1, arguments.data());
    EXPECT_EQ(path, "null");
    EXPECT_EQ(options.resolved(), "[model]\npath = null\n");
}

}  // namespace
}  // namespace semscope::cli
