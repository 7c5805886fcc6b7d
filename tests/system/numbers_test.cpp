// Every probability against an independent computation with Pillow, NumPy and PyTorch: on the demo set always, on real
// photos with a real network where these are at hand.
#include "occlude_fixture.hpp"
#include "python_checks.hpp"

#include <cstdlib>
#include <opencv2/imgcodecs.hpp>

namespace semscope {
namespace {

const std::string bin = SEMSCOPE_BIN_DIR;

/// The data set that semscope-make-demo makes, made once for all the tests that need it (ctest fixture "demo").
std::filesystem::path demo() { return std::filesystem::path(SEMSCOPE_DEMO_DIR); }

/// Runs semscope-occlude and the Python check on some photos with the same options.
void expect_same_numbers(const std::vector<std::string>& occlude_options,
                         const std::vector<std::string>& check_options) {
    const testing_support::TemporaryFolder folder;
    const std::string output = (folder.path() / "occlusion.h5").string();
    std::vector<std::string> command{bin + "/semscope-occlude", "--output.occlusion", output};
    command.insert(command.end(), occlude_options.begin(), occlude_options.end());
    const Outcome run = testing_support::run_ranks(2, command, 300);
    ASSERT_EQ(run.exit_code, 0) << run.output;
    std::vector<std::string> arguments{output};
    arguments.insert(arguments.end(), check_options.begin(), check_options.end());
    const Outcome check = run_python("check_occlusion.py", arguments);
    EXPECT_EQ(check.exit_code, 0) << check.output;
    std::printf("%s", check.output.c_str());
}

class DemoNumbers : public testing::TestWithParam<const char*> {};

TEST_P(DemoNumbers, AgreeWithPythonWithin1e5) {
    const std::string fill = GetParam();
    expect_same_numbers(
        {"--config", (demo() / "demo.cfg").string(), "--data.limit", "6", "--occlusion.fill", fill},
        {"--root", demo().string(), "--model", (demo() / "model.ts").string(), "--limit", "6", "--fill", fill});
}

INSTANTIATE_TEST_SUITE_P(Fills, DemoNumbers, testing::Values("mean", "reference", "black", "white", "blur", "noise"),
                         [](const auto& each) { return std::string(each.param); });

class NumbersOfAnotherInput : public testing::TestWithParam<const char*> {};

TEST_P(NumbersOfAnotherInput, AgreeWithPythonWithin1e5) {
    const std::string fill = GetParam();
    expect_same_numbers({"--config",
                         (demo() / "demo.cfg").string(),
                         "--data.limit",
                         "4",
                         "--occlusion.fill",
                         fill,
                         "--occlusion.colour",
                         "0.2,0.4,0.6",
                         "--preprocess.channels",
                         "bgr",
                         "--preprocess.scale",
                         "255",
                         "--preprocess.mean",
                         "123.675,116.28,103.53",
                         "--preprocess.std",
                         "58.395,57.12,57.375",
                         "--preprocess.resize",
                         "240x300",
                         "--preprocess.interpolation",
                         "bicubic"},
                        {"--root",
                         demo().string(),
                         "--model",
                         (demo() / "model.ts").string(),
                         "--limit",
                         "4",
                         "--fill",
                         fill,
                         "--colour",
                         "0.2",
                         "0.4",
                         "0.6",
                         "--channels",
                         "bgr",
                         "--scale",
                         "255",
                         "--mean",
                         "123.675",
                         "116.28",
                         "103.53",
                         "--std",
                         "58.395",
                         "57.12",
                         "57.375",
                         "--resize",
                         "240x300",
                         "--interpolation",
                         "bicubic"});
}

INSTANTIATE_TEST_SUITE_P(Fills, NumbersOfAnotherInput, testing::Values("mean", "white", "noise"),
                         [](const auto& each) { return std::string(each.param); });

TEST(DemoNumbersOfLabels, OfOneChannelAgreeAsWell) {
    const testing_support::TemporaryFolder folder;
    // The same maps as grey files: the blue channel alone.
    const auto source = demo() / "noisy_annotations_RGB";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(source)) {
        if (entry.path().extension() != ".png") continue;
        cv::Mat blue;
        cv::extractChannel(cv::imread(entry.path().string(), cv::IMREAD_COLOR), blue, 0);
        const auto target = folder.path() / "labels" / std::filesystem::relative(entry.path(), source);
        std::filesystem::create_directories(target.parent_path());
        cv::imwrite(target.string(), blue);
    }
    const std::string labels = (folder.path() / "labels").string();
    expect_same_numbers({"--config", (demo() / "demo.cfg").string(), "--data.limit", "4", "--labels.root", labels,
                         "--labels.channel", "gray", "--occlusion.mode", "keep"},
                        {"--root", demo().string(), "--model", (demo() / "model.ts").string(), "--limit", "4",
                         "--labels", labels, "--mode", "keep"});
}

TEST(DemoFile, OpensInH5pyAndXarrayWithNamedDimensions) {
    const testing_support::TemporaryFolder folder;
    const std::string output = (folder.path() / "occlusion.h5").string();
    const Outcome run =
        testing_support::run_program({bin + "/semscope-occlude", "--config", (demo() / "demo.cfg").string(),
                                      "--data.limit", "3", "--output.occlusion", output});
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const Outcome check = run_python("check_readers.py", {output});
    EXPECT_EQ(check.exit_code, 0) << check.output;
}

/// Real photos and a real network. Not part of the project; the tests above protect the same without them.
class RealNumbers : public testing::Test {
  protected:
    void SetUp() override {
        if (!std::filesystem::exists(model())) GTEST_SKIP() << "no real data at " << real_data();
    }
    static std::filesystem::path model() { return real_data() / "models/squeezenet_places365.ts"; }
};

TEST_F(RealNumbers, OfIndoorPhotosAgreeForBothFills) {
    const std::string root = (real_data() / "nyuv2").string();
    for (const std::string fill : {"mean", "reference"})
        expect_same_numbers(
            {"--data.root", root, "--data.semantics", "objectInfo.txt", "--preprocess.resize", "0", "--model.path",
             model().string(), "--data.limit", "24", "--occlusion.fill", fill},
            {"--root", root, "--resize", "0", "--model", model().string(), "--limit", "24", "--fill", fill});
}

TEST_F(RealNumbers, OfSmallPhotosWithGreyLabelsAgree) {
    const std::string root = (real_data() / "miniplaces").string();
    expect_same_numbers({"--data.root", root, "--data.semantics", "objectInfo.txt", "--labels.root", "labels",
                         "--labels.channel", "gray", "--model.path", model().string(), "--data.limit", "8"},
                        {"--root", root, "--labels", "labels", "--model", model().string(), "--limit", "8"});
}

}  // namespace
}  // namespace semscope
