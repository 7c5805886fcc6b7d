

// Whatever is wrong with the input of the reduction is said with code 2, and nothing is written or overwritten.
#include "reduce_fixture.hpp"
#include "semscope/results/statistics_file.hpp"

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ReduceBadInput : public ReduceTest, public testing::WithParamInterface<int> {
  protected:
    void SetUp() override { make_occlusion({"--images", "60"}); }

    void expect_refusal(const std::vector<std::string>& words, const std::vector<std::string>& more = {}) const {
        const auto to = statistics();
        const Outcome outcome = reduce(GetParam(), to, more);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        for (const std::string& word : words) EXPECT_THAT(outcome.output, HasSubstr(word));
        EXPECT_TRUE(std::filesystem::is_empty(to.parent_path())) << "something was written";
    }
};

TEST_P(ReduceBadInput, AFileThatIsMissingOrNotHdf5) {
    std::filesystem::remove(output());
    expect_refusal({"occlusion.h5", "no such file"});
    std::ofstream(output()) << "precious";
    expect_refusal({"occlusion.h5", "HDF5"});
    EXPECT_EQ(content(output()), "precious");
}

TEST_P(ReduceBadInput, AnHdf5FileOfAnotherKindOrVersion) {
    damage(output(), "f.attrs['format_version'] = numpy.uint64(7)");
    expect_refusal({"occlusion.h5", "format version 7"});
    damage(output(), "del f.attrs['format']");
    expect_refusal({"occlusion.h5", "not an occlusion file"});
}

TEST_P(ReduceBadInput, AMissingDataset) {
    damage(output(), "del f['/variant/pixels']");
    expect_refusal({"occlusion.h5", "/variant/pixels"});
}

TEST_P(ReduceBadInput, ATruncatedFile) {
    std::filesystem::resize_file(output(), std::filesystem::file_size(output()) / 2);
    expect_refusal({"occlusion.h5"});
}

TEST_P(ReduceBadInput, DoneImagesWhoseNumbersAreNotProbabilities) {
    const std::string first_done =
        "i = int(numpy.flatnonzero(f['/image/status'][:] == 1)[5]); "
        "v = int(f['/image/variant_offset'][i]); ";
    const std::filesystem::path sound = folder() / "sound.h5";
    std::filesystem::copy_file(output(), sound);
    const std::vector<std::pair<const char*, const char*>> table{
        {"f['/image/probability'][i, 2] = numpy.nan", "distribution"},
        {"f['/image/probability'][i, 0] = -0.5", "distribution"},
        {"f['/image/probability'][i, :] = 0", "distribution"},
        {"f['/variant/probability'][v, 3] = numpy.nan", "without class"},
        {"f['/variant/probability'][v, :] = 0", "without class"},
        {"f['/image/loss'][i] = numpy.nan; f['/image/scene'][i] = 1", "loss"},
        {"f['/image/scene'][i] = 99", "true scene 99"},
        {"f['/image/status'][i] = 4", "unknown status 4"},
        {"f['/variant/semantic'][v] = 0", "ascend"},
        {"f['/variant/image'][v] = 59999", "another image"},
        {"f['/image/variant_offset'][i + 1] = 10**9", "variant_offset"}};
    for (const auto& [line, word] : table) {
        SCOPED_TRACE(line);
        std::filesystem::copy_file(sound, output(), std::filesystem::copy_options::overwrite_existing);
        damage(output(), first_done + line);
        expect_refusal({word});
    }
}

TEST_P(ReduceBadInput, ARunThatIsNotCompleteUnlessPartial) {
    make_occlusion({"--images", "60", "--pending", "0.4"});
    expect_refusal({"of 60 images are pending", "reduce.partial"});
    const Outcome outcome = reduce(GetParam(), statistics(), {"--reduce.partial"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("the statistics stand on the"), HasSubstr("pending")));
    EXPECT_GT(results::StatisticsReader(statistics()).evaluation().pending, 0U);
    expect_numpy_agrees(statistics());
}

TEST_P(ReduceBadInput, OutputsThatExistAreLeftAlone) {
    for (const char* name : {"statistics.h5", "scenes.csv"}) {
        const auto to = statistics(name);
        std::ofstream(to.parent_path() / name) << "precious";
        const Outcome outcome = reduce(GetParam(), to);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr(name), HasSubstr("output.overwrite")));
        EXPECT_EQ(content(to.parent_path() / name), "precious");
        EXPECT_EQ(reduce(GetParam(), to, {"--output.overwrite"}).exit_code, 0);
        EXPECT_EQ(inspect({"--check", to.string()}).exit_code, 0);
        for (const auto& entry : std::filesystem::directory_iterator(to.parent_path()))
            EXPECT_THAT(entry.path().string(), Not(HasSubstr("creating"))) << "a temporary file is left";
    }
}

TEST_P(ReduceBadInput, AnOutputThatIsTheInput) {
    const std::string before = content(output());
    const Outcome outcome = reduce(GetParam(), output(), {"--output.overwrite"});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_EQ(content(output()), before);
}

TEST_P(ReduceBadInput, ValuesOutOfRangeAreSaidTogether) {
    expect_refusal({"statistics.resamples", "statistics.relevant"},
                   {"--statistics.resamples", "0", "--statistics.relevant", "-1"});
}

INSTANTIATE_TEST_SUITE_P(Ranks, ReduceBadInput, testing::Values(1, 3),
                         [](const auto& each) { return std::to_string(each.param) + "_ranks"; });

}  // namespace
}  // namespace semscope
