

// Whatever is wrong is said with the name of the file, all of it together, and nothing is written.
#include "occlude_fixture.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "support/running_program.hpp"

#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class BadInput : public OccludeTest, public testing::WithParamInterface<int> {
  protected:
    void SetUp() override { make_data(testing_support::varied_tiny_images(6)); }

    /// Ends with code 2, prints all of `words`, and leaves no output behind.
    void expect_refusal(const std::vector<std::string>& more, const std::vector<std::string>& words) {
        const Outcome outcome = occlude(GetParam(), more);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        for (const std::string& word : words) EXPECT_THAT(outcome.output, HasSubstr(word));
        EXPECT_THAT(outcome.output, Not(HasSubstr("terminate called")));
        EXPECT_FALSE(std::filesystem::exists(output()));
    }
    std::filesystem::path photo(const std::string& name) const { return root() / "val" / name; }
    std::filesystem::path label(const std::string& name) const { return root() / "noisy_annotations_RGB/val" / name; }
};

TEST_P(BadInput, UnknownOptionsAreAllNamed) {
    expect_refusal({"--run.bach", "3", "--nonsense"}, {"--run.bach", "--nonsense"});
}

TEST_P(BadInput, AnUnknownKeyIsNamedWithFileAndLine) {
    std::ofstream(folder() / "bad.cfg") << "[run]\nbatch = 4\n\nbacht = 5\n";
    expect_refusal({"--config", (folder() / "bad.cfg").string()}, {"bad.cfg:4", "run.bacht"});
}

TEST_P(BadInput, ValuesOutOfRangeAreNamedWithTheirOrigin) {
    std::ofstream(folder() / "bad.cfg") << "[run]\ncheckpoint = -1\n[occlusion]\nmode = delete\n";
    expect_refusal({"--config", (folder() / "bad.cfg").string(), "--run.loaders", "0"},
                   {"run.loaders", "run.checkpoint", "bad.cfg:2", "occlusion.mode", "remove, keep", "bad.cfg:4"});
}

TEST_P(BadInput, HintsOfAnotherFormAreNamed) {
    expect_refusal({"--output.hints", "cb_nodes"}, {"output.hints", "cb_nodes", "key=value"});
    expect_refusal({"--output.hints", std::string(300, 'k') + "=1"}, {"output.hints", "too long"});
}

/// Two ranks that were started with other options, or on nodes with other copies of a file.
class RanksWithOtherInputs : public OccludeTest {
  protected:
    void SetUp() override { make_data(testing_support::varied_tiny_images(6)); }

    Outcome run(const std::vector<std::string>& options_of_rank_1, const std::string& batch = "4") {
        std::vector<std::vector<std::string>> commands{command(), command(options_of_rank_1)};
        for (std::vector<std::string>& words : commands) words.insert(words.end(), {"--run.batch", batch});
        return testing_support::run_program(testing_support::one_rank_each(commands));
    }
    void expect_refused(const std::vector<std::string>& options_of_rank_1, const std::string& name) {
        const Outcome outcome = run(options_of_rank_1);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_THAT(outcome.output,
                    AllOf(HasSubstr("rank 1 on "), HasSubstr(name), HasSubstr("differs from what rank 0")));
        EXPECT_FALSE(std::filesystem::exists(output()));
    }
    /// A copy of a file of the data set in which one text stands in place of another.
    std::string copy_with(const std::string& name, const std::string& text, const std::string& other) const {
        std::ifstream file(root() / name);
        std::string all(std::istreambuf_iterator<char>(file), {});
        all.replace(all.find(text), text.size(), other);
        const auto path = folder() / ("other_" + name);
        std::ofstream(path) << all;
        return path.string();
    }
};

TEST_F(RanksWithOtherInputs, AreRefusedWithTheNameOfTheFile) {
    expect_refused({"--data.images", copy_with("val.txt", "0000.png", "0009.png")}, "val.txt");
    expect_refused({"--data.semantics", copy_with("objectInfo150.txt", "bed", "sofa")}, "objectInfo150.txt");
    EXPECT_EQ(run({}).exit_code, 0);
}

TEST_F(RanksWithOtherInputs, OneThatLacksItsListEndsThemAll) {
    for (const char* batch : {"4", "auto"}) {
        const Outcome outcome = run({"--data.images", "nowhere.txt"}, batch);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_THAT(outcome.output, HasSubstr("nowhere.txt"));
    }
}

TEST_P(BadInput, AMissingModelAndAMissingListAreSaidTogether) {
    std::filesystem::remove(root() / "val.txt");
    expect_refusal({"--model.path", "nowhere.ts"}, {"nowhere.ts", "val.txt"});
}

TEST_P(BadInput, ATruncatedModelIsNamed) {
    std::filesystem::resize_file(model(), std::filesystem::file_size(model()) / 2);
    expect_refusal({}, {"model.ts", "TorchScript"});
}

TEST_P(BadInput, AModelOfOtherScenesIsNamedWithBothNumbers) {
    std::ofstream(root() / "categories_places365.txt", std::ios::app) << "/f/field 3\n";
    expect_refusal({}, {"model.ts", "3 scores", "4 scenes"});
}

TEST_P(BadInput, AModelThatGivesATupleIsRefused) {
    testing_support::write_network(model(), "return (x, x)");
    expect_refusal({}, {"model.ts"});
}

TEST_P(BadInput, AnUnknownSceneIsNamedWithItsLine) {
    std::ofstream(root() / "val.txt", std::ios::app) << "val/castle/0001.png\n";
    expect_refusal({}, {"val.txt:7", "castle"});
}

TEST_P(BadInput, MissingAndUnreadableFilesAreAllNamed) {
    std::filesystem::remove(photo("kitchen/0000.png"));
    std::ofstream(photo("bedroom/0001.png"), std::ios::trunc) << "not an image";
    std::ofstream(photo("street/0002.png"), std::ios::trunc);
    std::filesystem::remove(label("kitchen/0003.png"));
    std::ofstream(label("bedroom/0004.png"), std::ios::trunc) << "not an image";
    expect_refusal(
        {}, {"val/kitchen/0000.png", "val/bedroom/0001.png", "val/street/0002.png",
             "noisy_annotations_RGB/val/kitchen/0003.png", "noisy_annotations_RGB/val/bedroom/0004.png", "5 problems"});
}

TEST_P(BadInput, ALabelMapOfAnotherSizeIsNamedWithBothSizes) {
    testing_support::write_tiny_data_set(folder() / "other", {{"kitchen", {{1, 30, {1, 2, 3}}}}});
    std::filesystem::copy_file(folder() / "other/noisy_annotations_RGB/val/kitchen/0000.png", label("kitchen/0000.png"),
                               std::filesystem::copy_options::overwrite_existing);
    expect_refusal({}, {"kitchen/0000.png", "30x24", "24x24"});
}

TEST_P(BadInput, AClassThatTheTableLacksIsNamed) {
    std::ofstream(root() / "objectInfo150.txt") << "1\twall\n2\tbed\n";
    expect_refusal({}, {"is not in the table of 2 classes"});
}

TEST_P(BadInput, AnImageSmallerThanTheCropIsNamed) {
    expect_refusal({"--preprocess.crop", "25"}, {"kitchen/0000.png", "preprocess.crop"});
}

TEST_P(BadInput, AnOutputThatExistsIsLeftAlone) {
    std::ofstream(output()) << "precious";
    const Outcome outcome = occlude(GetParam());
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("occlusion.h5"), HasSubstr("output.overwrite")));
    std::ifstream file(output());
    std::string text;
    file >> text;
    EXPECT_EQ(text, "precious");
}

TEST_P(BadInput, ANetworkThatGivesNotANumberMarksEveryImage) {
    testing_support::write_network(model(), "return x.mean([2, 3]) * float('nan')");
    const Outcome outcome = occlude(GetParam());
    EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("not finite"), HasSubstr("data/val/")));
}

INSTANTIATE_TEST_SUITE_P(Ranks, BadInput, testing::Values(1, 3),
                         [](const auto& each) { return std::to_string(each.param) + "_ranks"; });

class Unreadable : public OccludeTest {};

TEST_F(Unreadable, APhotoThatCannotBeDecodedIsMarkedAndTheJobGoesOn) {
    make_data(testing_support::varied_tiny_images(7));
    // The header is sound, so the survey lets it pass; the data ends early.
    const auto damaged = root() / "val/bedroom/0004.png";
    std::filesystem::resize_file(damaged, std::filesystem::file_size(damaged) - 24);
    for (const int ranks : {1, 3}) {
        const Outcome outcome = occlude(ranks, {"--output.overwrite"});
        EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
        EXPECT_THAT(outcome.output, HasSubstr("bedroom/0004.png"));
        const results::OcclusionReader file(output());
        EXPECT_TRUE(file.complete());
        EXPECT_EQ(file.image_status({0, 7}), (std::vector<std::uint8_t>{1, 1, 1, 1, 2, 1, 1}));
        for (const float p : file.image_probabilities({4, 5})) EXPECT_TRUE(std::isnan(p));
        EXPECT_TRUE(std::isnan(file.image_losses({4, 5})[0]));
        EXPECT_TRUE(results::check_occlusion_content(file).empty());
    }
}

class Requests : public OccludeTest {};

TEST_F(Requests, RanksThatWereStartedWithOtherOptionsAreRefused) {
    make_data(testing_support::varied_tiny_images(4));
    const Outcome outcome = testing_support::run_program(
        testing_support::one_rank_each({command(), command({"--run.checkpoint", "7"})}), 60);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("rank 1"), HasSubstr("run.checkpoint is 7 here and 60 on rank 0")));
    EXPECT_FALSE(std::filesystem::exists(output()));
}

TEST_F(Requests, AFileThatIsFinishedWhileTheLockIsWaitedForStays) {
    make_data(testing_support::varied_tiny_images(4));
    ASSERT_EQ(occlude(1).exit_code, 0);
    const std::string finished = digest();
    const auto saved = folder() / "saved.h5";
    std::filesystem::rename(output(), saved);
    const auto lock = output().string() + ".lock";
    std::ofstream(lock) << "host = elsewhere\nmachine = another\npid = 1\nstarted = 1\n";
    testing_support::RunningProgram job(testing_support::with_ranks(2, command()));
    std::this_thread::sleep_for(std::chrono::seconds(4));  // it waits for the holder to show that it lives
    std::filesystem::rename(saved, output());
    std::filesystem::remove(lock);
    const Outcome outcome = job.wait(60);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("the output exists"));
    EXPECT_EQ(digest(), finished);
}

TEST_F(Requests, ADryRunPrintsThePlanAndWritesNothing) {
    make_data(testing_support::varied_tiny_images(8));
    const Outcome outcome = occlude(2, {"--dry-run"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("8 images"), HasSubstr("variants"), HasSubstr("imbalance")));
    EXPECT_FALSE(std::filesystem::exists(output()));
}

/// The number after `before` in `text`.
std::uint64_t number_after(const std::string& text, const std::string& before) {
    const std::size_t place = text.find(before);
    return place == std::string::npos ? 0 : std::stoull(text.substr(place + before.size()));
}

TEST_F(Requests, ADryRunTellsTheForwardsOfEachRankAndTheBytesThatTheFileWillTake) {
    make_data(testing_support::varied_tiny_images(200));
    const std::string plan = occlude(2, {"--dry-run"}).output;
    const std::uint64_t forwards = number_after(plan, "variants, ");
    const std::string shares = plan.substr(plan.find("forwards of each: ") + 18);
    std::istringstream words(shares);
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    words >> first >> second;
    EXPECT_GT(second, 0U);
    EXPECT_EQ(first + second, forwards) << plan;

    const std::uint64_t promised = number_after(plan, "forwards\n");
    ASSERT_EQ(occlude(2).exit_code, 0);
    const std::uint64_t actual = std::filesystem::file_size(output());
    EXPECT_LE(promised, actual);
    EXPECT_LT(actual - promised, 65536U) << "what HDF5 adds of its own does not grow with the data";
    EXPECT_EQ(results::OcclusionReader(output()).images() + results::OcclusionReader(output()).variants(), forwards);
}

TEST_F(Requests, HintsAreToldAsTheFileHasThem) {
    make_data(testing_support::varied_tiny_images(4));
    const Outcome outcome = occlude(2, {"--output.hints", "cb_buffer_size=1048576"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("MPI-IO hints in effect: cb_buffer_size=1048576"));
}

TEST_F(Requests, RanksOnOneHostAreToldInOneLine) {
    make_data(testing_support::varied_tiny_images(4));
    const Outcome outcome = occlude(3, {"--dry-run"});
    EXPECT_THAT(outcome.output, testing::ContainsRegex("ranks 0-2 -> .* -> cpu .*each\\)"));
    EXPECT_EQ(outcome.output.find("-> cpu"), outcome.output.rfind("-> cpu"));
}

TEST_F(Requests, HelpAndVersionAreSaidOnceUnderMpi) {
    const Outcome help = testing_support::run_ranks(2, {bin + "/semscope-occlude", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.output, HasSubstr("--occlusion.fill"));
    EXPECT_EQ(help.output.find("--data.root"), help.output.rfind("--data.root arg"));
    const Outcome version = testing_support::run_program({bin + "/semscope-occlude", "--version"});
    EXPECT_EQ(version.exit_code, 0);
    EXPECT_THAT(version.output, AllOf(HasSubstr("revision"), HasSubstr("LibTorch"), HasSubstr("HDF5")));
}

TEST_F(Requests, PathsInAFileAreRelativeToItAndTheCommandLineWins) {
    make_data(testing_support::varied_tiny_images(3));
    std::ofstream(folder() / "run.cfg") << "[data]\nroot = data\n[model]\npath = model.ts\n[output]\nocclusion = "
                                           "from-file.h5\n[preprocess]\nresize = 0\ncrop = 24\n[run]\nbatch = 9999\n";
    const Outcome outcome = testing_support::run_program(
        {bin + "/semscope-occlude", "--config", (folder() / "run.cfg").string(), "--run.batch", "4"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    const results::OcclusionReader file(folder() / "from-file.h5");
    EXPECT_THAT(file.attribute("configuration"),
                AllOf(HasSubstr("batch = 4\n"), HasSubstr("[occlusion]\nfill = mean")));
}

}  // namespace
}  // namespace semscope
