// From photos to statistics and pictures: on the demo set always, whose truth is known, and on real photos where these
// are at hand.
#include "python_checks.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace semscope {
namespace {

using testing_support::Outcome;

class Pipeline : public testing::Test {
  protected:
    static inline const std::string bin = SEMSCOPE_BIN_DIR;
    static std::filesystem::path demo() { return SEMSCOPE_DEMO_DIR; }

    std::string occlusion() const { return (folder_.path() / "occlusion.h5").string(); }
    std::string statistics() const { return (folder_.path() / "statistics.h5").string(); }

    /// Occludes with these options, reduces, and compares every number of the statistics with NumPy and SciPy.
    void run(std::vector<std::string> options) const {
        options.insert(options.begin(), {bin + "/semscope-occlude", "--output.occlusion", occlusion()});
        const Outcome occluded = testing_support::run_ranks(2, options, 500);
        ASSERT_EQ(occluded.exit_code, 0) << occluded.output;
        const Outcome reduced = testing_support::run_ranks(
            3, {bin + "/semscope-reduce", "--output.occlusion", occlusion(), "--output.statistics", statistics()}, 300);
        ASSERT_EQ(reduced.exit_code, 0) << reduced.output;
        std::printf("%s", reduced.output.c_str());
        const Outcome check = run_python("check_statistics_file.py", {occlusion(), statistics()});
        EXPECT_EQ(check.exit_code, 0) << check.output;
    }

    /// Draws everything and compares every map, box and word with the numbers.
    void draw(const std::string& data, const std::string& resize) const {
        const std::string figures = (folder_.path() / "figures").string();
        const std::vector<std::string> files{"--output.occlusion", occlusion(),        "--output.statistics",
                                             statistics(),         "--output.figures", figures};
        for (const char* program : {"semscope-sdm", "semscope-boxplot", "semscope-wordcloud"}) {
            std::vector<std::string> command{bin + "/" + program};
            command.insert(command.end(), files.begin(), files.end());
            const bool parallel = command[0].ends_with("sdm");
            const Outcome outcome =
                parallel ? testing_support::run_ranks(2, command, 300) : testing_support::run_program(command, 300);
            ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        }
        const Outcome check =
            run_python("check_figures.py", {"--occlusion", occlusion(), "--statistics", statistics(), "--data", data,
                                            "--figures", figures, "--resize", resize});
        EXPECT_EQ(check.exit_code, 0) << check.output;
        std::printf("%s", check.output.c_str());
    }

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(Pipeline, OnTheDemoSetAgreesWithNumPyAndFindsWhatWasPlanted) {
    run({"--config", (demo() / "demo.cfg").string()});
    const Outcome planted = run_python("check_planted.py", {(demo() / "planted.json").string(), statistics()});
    EXPECT_EQ(planted.exit_code, 0) << planted.output;
    std::printf("%s", planted.output.c_str());
    draw(demo().string(), "256");
}

TEST_F(Pipeline, OnRealPhotosAgreesWithNumPy) {
    const auto model = real_data() / "models/squeezenet_places365.ts";
    if (!std::filesystem::exists(model)) GTEST_SKIP() << "no real data at " << real_data();
    run({"--data.root", (real_data() / "nyuv2").string(), "--data.semantics", "objectInfo.txt", "--preprocess.resize",
         "0", "--model.path", model.string()});
    draw((real_data() / "nyuv2").string(), "0");
}

}  // namespace
}  // namespace semscope
