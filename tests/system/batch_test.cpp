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

/// Networks whose numbers depend on what runs beside a photo, in the last bits.
class Invariance : public FaultsTest {
  protected:
    /// A run that is stopped in its midst, with `body` as the network's last lines. `pause`: of busy work in a batch.
    void make_partial(const std::string& body, const std::string& pause, std::vector<std::string> options) {
        make_data(testing_support::varied_tiny_images(images));
        testing_support::write_network(model(), "w = torch.ones([192, 192]) * (x.mean() * 0.0)\nif bool(" +
                                                    std::string(of_photos) + "):\n    for i in range(" + pause +
                                                    "):\n        w = torch.matmul(w, w)\n" +
                                                    "m = x.mean([2, 3]) + w[0, 0]\n" + body);
        auto job = start(2, std::move(options));
        ASSERT_NO_FATAL_FAILURE(wait_for_midst());
        kill(ranks_of(*job).at(0), SIGTERM);
        ASSERT_EQ(job->wait(20).exit_code, 75);
    }

    Outcome resume(int ranks, std::vector<std::string> more) const {
        more.insert(more.begin(), {"--run.resume", "true"});
        return occlude(ranks, more);
    }
};

TEST_F(Invariance, OfTheBatchThatIsOnlyRecordedHoldsAResumeToTheRanks) {
    const std::string by_place = "return m * (1 + torch.arange(x.size(0)).reshape(-1, 1) * 1e-5)";
    ASSERT_NO_FATAL_FAILURE(make_partial(by_place, "100", {"--run.batch-invariance", "record"}));
    EXPECT_EQ(results::OcclusionReader(output()).attribute("batch_invariant"), "no");
    const Outcome refused = resume(1, {"--run.batch-invariance", "record"});
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_THAT(refused.output, HasSubstr("begun with 2 ranks, and this run has 1"));
    EXPECT_EQ(resume(2, {}).exit_code, 2) << "run.batch-invariance changes results";
    const Outcome resumed = resume(2, {"--run.batch-invariance", "record"});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
    EXPECT_THAT(resumed.output, HasSubstr("rounds a photo's scores by its place in the batch"));
}

TEST_F(Invariance, OfThreadsThatIsMissingHoldsAResumeToThem) {
    // A sum over all pixels that is shared among threads.
    const std::string by_threads =
        "s = (x[0].repeat([1, 20, 20]) * 1.37 + torch.linspace(0, 1, 480)).sum()\nreturn m * s * 1e-6";
    ASSERT_NO_FATAL_FAILURE(make_partial(by_threads, "25", {"--run.batch", "1", "--run.threads", "2"}));
    EXPECT_EQ(results::OcclusionReader(output()).attribute("thread_invariant"), "no");
    const Outcome refused = resume(2, {"--run.batch", "1", "--run.threads", "1"});
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_THAT(refused.output, HasSubstr("begun with 2 compute threads a rank, and this run has 1"));
    EXPECT_EQ(resume(1, {"--run.batch", "1", "--run.threads", "2"}).exit_code, 0);
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
