// Pictures of attributions: what they show stands in the statistics, and their names leave room for those of
// deviations.
#include "python_checks.hpp"
#include "reduce_fixture.hpp"

namespace semscope {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class AttributionFigures : public ReduceTest {
  protected:
    fs::path figures() const { return folder() / "figures"; }
    Outcome draw(const std::string& program, int ranks, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{bin + "/" + program,   "--output.occlusion",  output().string(),
                                       "--output.statistics", statistics().string(), "--output.figures",
                                       figures().string()};
        words.insert(words.end(), more.begin(), more.end());
        return ranks == 1 ? testing_support::run_program(words) : testing_support::run_ranks(ranks, words);
    }
};

TEST_F(AttributionFigures, ShowTheNumbersOfTheFilesBesideThoseOfDeviations) {
    make_data(testing_support::varied_tiny_images(23));
    const Outcome run = occlude(2, {"--attribution.shapley", "auto", "--attribution.curves",
                                    "--attribution.interactions", "--attribution.random-orders", "2"});
    ASSERT_EQ(run.exit_code, 0) << run.output;
    ASSERT_EQ(reduce(2, statistics(), {"--statistics.resamples", "50"}).exit_code, 0);
    ASSERT_EQ(draw("semscope-attribution", 1, {"--figures.formats", "svg,png"}).exit_code, 0);
    EXPECT_TRUE(fs::exists(figures() / "curves.png"));
    for (const char* attribution : {"occlusion", "shapley"}) {
        const std::vector<std::string> options{"--figures.attribution", attribution, "--figures.formats", "svg"};
        for (const char* program : {"semscope-boxplot", "semscope-wordcloud"})
            ASSERT_EQ(draw(program, 1, options).exit_code, 0) << program << " " << attribution;
        for (const char* program : {"semscope-sdm", "semscope-scene"})
            ASSERT_EQ(draw(program, 2, options).exit_code, 0) << program << " " << attribution;
    }
    const Outcome check =
        run_python("check_attribution_figures.py", {output().string(), statistics().string(), figures().string()});
    EXPECT_EQ(check.exit_code, 0) << check.output;
}

TEST_F(AttributionFigures, ThatAreNotInTheFilesAreRefused) {
    make_occlusion({"--images", "20"});
    ASSERT_EQ(reduce(1, statistics(), {"--statistics.resamples", "5"}).exit_code, 0);
    const Outcome neither = draw("semscope-attribution", 1);
    EXPECT_EQ(neither.exit_code, 2);
    EXPECT_THAT(neither.output, AllOf(HasSubstr("neither curves nor interactions"), HasSubstr("attribution.curves")));
    for (const char* program : {"semscope-boxplot", "semscope-wordcloud", "semscope-sdm", "semscope-scene"}) {
        const Outcome refused = draw(program, 1, {"--figures.attribution", "shapley"});
        EXPECT_EQ(refused.exit_code, 2) << program;
        EXPECT_THAT(refused.output, AllOf(HasSubstr("has no Shapley values"), HasSubstr("attribution.shapley = auto")));
    }
    EXPECT_FALSE(fs::exists(figures()));
}

}  // namespace
}  // namespace semscope
