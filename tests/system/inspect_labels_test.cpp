// What semscope-inspect tells and draws of a label map.
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace semscope {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing_support::Outcome;

/// semscope-inspect on a label map of the demo set.
class InspectLabels : public testing::Test {
  protected:
    static inline const std::string bin = SEMSCOPE_BIN_DIR;
    static fs::path demo() { return SEMSCOPE_DEMO_DIR; }
    const fs::path& folder() const { return folder_.path(); }
    Outcome inspect(std::vector<std::string> words) const {
        words.insert(words.begin(), bin + "/semscope-inspect");
        return testing_support::run_program(words);
    }
    const std::string label = (demo() / "noisy_annotations_RGB/val/office/office_0000.png").string();
    const std::string config = (demo() / "demo.cfg").string();

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(InspectLabels, ClassesAndSharesAreThoseOfTheFile) {
    const Outcome outcome = inspect({"--config", config, "--json", label});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    std::ofstream(folder() / "out.json") << outcome.output;
    const Outcome python = testing_support::run_program(
        {SEMSCOPE_PYTHON, "-c",
         "import json, sys, numpy as np\nfrom PIL import Image\n"
         "labels = (np.asarray(Image.open(sys.argv[2]))[..., 2].astype(int) + 1) % 256\n"
         "found = {c['index']: c['pixels'] for c in json.load(open(sys.argv[1]))['classes']}\n"
         "assert found == {int(s): int(n) for s, n in zip(*np.unique(labels, return_counts=True))}, found\n",
         (folder() / "out.json").string(), label});
    EXPECT_EQ(python.exit_code, 0) << python.output;
    EXPECT_THAT(inspect({"--config", config, label}).output,
                AllOf(HasSubstr("label map of 256x256 pixels"), HasSubstr("desk"), HasSubstr(" %")));
}

TEST_F(InspectLabels, TheFigureShowsThePhotoUnderTheColours) {
    const fs::path figure = folder() / "look.png";
    const Outcome outcome = inspect({"--config", config, label, "--figure", figure.string()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const Outcome python = testing_support::run_program(
        {SEMSCOPE_PYTHON, "-c",
         "import sys, numpy as np\nfrom PIL import Image\n"
         "figure, photo = (np.asarray(Image.open(p).convert('RGB').resize((256, 256), "
         "Image.BOX)).astype(float) for p in sys.argv[1:3])\n"
         "labels = np.asarray(Image.open(sys.argv[3]))[..., 2]\n"
         "values, counts = np.unique(labels, return_counts=True)\n"
         "wall = labels == values[counts.argmax()]\n"
         "colour = figure[wall] - photo[wall] / 2\n"  // half the colour of the class, but under its name
         "off = np.abs(colour - np.median(colour, axis=0)).max(axis=1)\n"
         "assert np.percentile(off, 80) <= 2, np.percentile(off, [50, 80, 90])\n",
         figure.string(), (demo() / "val/office/office_0000.jpg").string(), label});
    EXPECT_EQ(python.exit_code, 0) << python.output;
    EXPECT_EQ(inspect({"--config", config, label, "--figure", figure.string()}).exit_code, 2);  // it exists
}

TEST_F(InspectLabels, WhatIsNotALabelMapIsRefused) {
    std::ofstream(folder() / "broken.png") << "\x89PNG\r\n\x1a\nand no more";
    const Outcome broken = inspect({(folder() / "broken.png").string()});
    EXPECT_EQ(broken.exit_code, 2);
    EXPECT_THAT(broken.output, HasSubstr("broken.png"));
    const Outcome photo =
        inspect({"--config", config, label, "--figure", (folder() / "look.png").string(), "--photo", "/none.jpg"});
    EXPECT_EQ(photo.exit_code, 2);
    EXPECT_THAT(photo.output, HasSubstr("/none.jpg"));
}

}  // namespace
}  // namespace semscope
