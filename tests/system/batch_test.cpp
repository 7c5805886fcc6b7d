// run.batch = auto, and the null network that measures everything else.
#include "faults_fixture.hpp"

namespace semscope {
namespace {

using testing::HasSubstr;
using testing::Not;

class Batch : public FaultsTest {
  protected:
    std::string configuration() const {
        return testing_support::run_program({bin + "/semscope-inspect", output().string()}).output;
    }
};

TEST_F(Batch, ThatIsMeasuredIsRecordedAndGivesWhatItsNumberGives) {
    make_data(testing_support::varied_tiny_images(6));
    const Outcome first = occlude(2, {"--run.batch", "auto"});
    ASSERT_EQ(first.exit_code, 0) << first.output;
    EXPECT_THAT(first.output, HasSubstr("run.batch = "));
    const std::string recorded = configuration();
    EXPECT_THAT(recorded, Not(HasSubstr("batch = auto")));
    const std::size_t place = recorded.find("batch = ") + std::string("batch = ").size();
    const std::string number = recorded.substr(place, recorded.find('\n', place) - place);
    const std::string measured = digest();
    ASSERT_EQ(occlude(1, {"--run.batch", number, "--output.overwrite", "true"}).exit_code, 0);
    EXPECT_EQ(digest(), measured);
}

TEST_F(Batch, OfAnInterruptedRunIsTakenFromItsFile) {
    make_slow_data();
    constexpr const char* never_measured = "5";
    auto job = start(2, {"--run.batch", never_measured});
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    kill(ranks_of(*job)[1], SIGKILL);
    EXPECT_NE(job->wait(20).exit_code, 0);
    const Outcome outcome = occlude(2, {"--run.batch", "auto", "--run.resume", "true"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(configuration(), HasSubstr("batch = 5"));
}

TEST_F(Batch, CannotBeMeasuredOnABrokenNetworkAndThatIsSaidAsEver) {
    make_data(testing_support::varied_tiny_images(2));
    testing_support::write_network(model(), "return x.mean([2, 3])[:, :2]");
    const Outcome outcome = occlude(2, {"--run.batch", "auto"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, HasSubstr("the network gives 2 scores, but data.scenes lists 3 scenes"));
}

TEST_F(Batch, OfTheNullNetworkGivesEveryScoreAlike) {
    make_data(testing_support::varied_tiny_images(6));
    const Outcome outcome =
        occlude(3, {"--model.path", "null", "--run.simulate-forward-ms", "1", "--run.batch", "auto"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const Outcome check = testing_support::run_program({SEMSCOPE_PYTHON, "-c",
                                                        "import h5py, numpy, sys\n"
                                                        "f = h5py.File(sys.argv[1])\n"
                                                        "for name in 'image/probability', 'variant/probability':\n"
                                                        "    assert (f[name][:] == numpy.float32(1 / 3)).all(), name\n"
                                                        "assert f.attrs['model_sha256'] in (b'null', 'null')\n",
                                                        output().string()});
    EXPECT_EQ(check.exit_code, 0) << check.output;
}

TEST_F(Batch, OfARealNetworkIsNotSimulated) {
    make_data(testing_support::varied_tiny_images(2));
    const Outcome outcome = occlude(1, {"--run.simulate-forward-ms", "5"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, HasSubstr("run.simulate-forward-ms is for model.path = null"));
}

}  // namespace
}  // namespace semscope
