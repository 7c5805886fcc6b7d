// What the programs leave behind says nothing about the environment that it need not say, has the permissions that the
// user's umask gives, and nothing that stands in the data is executed.
#include "reduce_fixture.hpp"

#include <fmt/format.h>
#include <cstdlib>

namespace semscope {
namespace {

namespace fs = std::filesystem;

/// The mask, as a shell writes it.
class Provenance : public ReduceTest, public testing::WithParamInterface<unsigned> {
  protected:
    /// Runs a program under the mask.
    void run(const std::string& program, int ranks, const std::vector<std::string>& options) const {
        std::string line = fmt::format("umask {:03o} && exec", GetParam());
        if (ranks > 1) line += fmt::format(" {} -n {}", SEMSCOPE_MPIEXEC_NAME, ranks);
        std::vector<std::string> words{"sh", "-c", line + " \"$0\" \"$@\"", bin + "/" + program};
        words.insert(words.end(), options.begin(), options.end());
        const Outcome outcome = testing_support::run_program(words);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }

    /// Every program that writes, into the folder out/.
    void run_all() const {
        const std::string data = root().string(), out = (folder() / "out").string();
        const std::string occlusion = out + "/occlusion.h5", statistics = out + "/statistics.h5";
        const std::vector<std::string> files{
            "--output.occlusion",     occlusion, "--output.statistics", statistics,
            "--statistics.resamples", "20",      "--output.figures",    out + "/figures/here",
            "--figures.formats",      "png,svg", "--output.report",     out + "/report"};
        run("semscope-occlude", 2,
            {"--data.root", data, "--model.path", model().string(), "--output.occlusion", occlusion,
             "--preprocess.resize", "0", "--preprocess.crop", "24", "--run.batch", "4", "--attribution.curves",
             "--attribution.interactions"});
        run("semscope-reduce", 2, files);
        run("semscope-compare", 2,
            {occlusion, occlusion, "--output.comparison", out + "/comparison.h5", "--output.figures", out + "/compared",
             "--statistics.resamples", "20", "--figures.formats", "png,svg"});
        run("semscope-sdm", 2, files);
        run("semscope-boxplot", 1, files);
        run("semscope-wordcloud", 1, files);
        run("semscope-scene", 2, files);
        run("semscope-attribution", 1, files);
        run("semscope-report", 2, files);
        run("semscope-segment", 2,
            {"--data.root", data, "--labels.root", out + "/labels", "--segment.scores", out + "/scores",
             "--segment.model", (folder() / "segment.ts").string()});
        run("semscope-inspect", 1,
            {data + "/noisy_annotations_RGB/val/kitchen/0000.png", "--data.root", data, "--figure", out + "/look.svg"});
    }
};

TEST_P(Provenance, OutputsHaveTheUsersPermissionsAndNoSecretsAndNothingOfTheDataIsExecuted) {
    make_data(testing_support::varied_tiny_images(5));
    testing_support::write_network(folder() / "segment.ts", "return torch.cat([x, x[:, :1] * -1], 1)");
    const fs::path pictures = root() / "val/bedroom", labels = root() / "noisy_annotations_RGB/val/bedroom";
    const std::string trap = "$(touch pwned)`touch pwned`;touch pwned #|touch pwned.png";
    for (const fs::path& each : {pictures, labels}) fs::copy_file(each / "0001.png", each / trap);
    std::ofstream(root() / "val.txt", std::ios::app) << "val/bedroom/" << trap << "\n";
    fs::create_directory(folder() / "out");
    ASSERT_EQ(setenv("SEMSCOPE_TEST_SECRET", "a-word-that-nobody-else-says", 1), 0);
    run_all();
    unsetenv("SEMSCOPE_TEST_SECRET");

    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder() / "out")) {
        const auto mode = static_cast<unsigned>(entry.status().permissions());
        EXPECT_EQ(mode, (entry.is_directory() ? 0777U : 0666U) & ~GetParam())
            << std::oct << mode << " " << entry.path();
        if (!entry.is_regular_file()) continue;
        ++files;
        EXPECT_EQ(content(entry.path()).find("a-word-that-nobody-else-says"), std::string::npos) << entry.path();
        EXPECT_EQ(content(entry.path()).find("SEMSCOPE_TEST_SECRET"), std::string::npos) << entry.path();
    }
    EXPECT_GT(files, 30U) << "all programs have written";
    EXPECT_FALSE(fs::exists("pwned"));
    for (const auto& entry : fs::recursive_directory_iterator(folder()))
        EXPECT_NE(entry.path().filename(), "pwned") << entry.path();
}

INSTANTIATE_TEST_SUITE_P(Umask, Provenance, testing::Values(0077U, 0027U),
                         [](const auto& each) { return fmt::format("{:03o}", each.param); });

}  // namespace
}  // namespace semscope
