// Incremental inference in the real program: one digest however the work is cut, close to whole forwards, continued as
// begun.
#include "faults_fixture.hpp"

#include <cmath>

namespace semscope {
namespace {

using testing::HasSubstr;
using testing::Not;

class IncrementalRun : public FaultsTest {
  protected:
    /// A network of convolutions that takes some milliseconds a forward. `common` is added to the last weights.
    void make_convolutions(int channels, int photos, const std::string& common = "0.0") {
        make_data(testing_support::varied_tiny_images(photos));
        const std::string n = std::to_string(channels);
        testing_support::write_network(
            model(), "w = torch.sin(torch.linspace(0, 999, " + n + " * 27)).reshape(" + n + ", 3, 3, 3)\n" +
                         "v = torch.cos(torch.linspace(0, 9999, " + n + " * " + n + " * 9)).reshape(" + n + ", " + n +
                         ", 3, 3) / " + n + "\nu = torch.cos(torch.linspace(0, 9, 3 * " + n + ")).reshape(3, " + n +
                         ") + " + common + "\nh = torch.relu(torch.conv2d(x, w, None, [1, 1], [1, 1]))\n" +
                         "h = torch.relu(torch.conv2d(h, v, None, [1, 1], [1, 1]))\n"
                         "h = torch.flatten(torch.adaptive_avg_pool2d(h, [1, 1]), 1)\n"
                         "return torch.matmul(h, u.t()) / 20.0");
    }
    Outcome run(int ranks, std::vector<std::string> more) const {
        more.insert(more.end(), {"--output.overwrite", "true"});
        Outcome outcome = occlude(ranks, more);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return outcome;
    }
    std::vector<float> variants() const {
        const results::OcclusionReader file(output());
        return file.variant_probabilities({0, file.variants()});
    }
    std::string attribute(const std::string& name) const { return results::OcclusionReader(output()).attribute(name); }
};

TEST_F(IncrementalRun, HasOneDigestOnAnyRanksThreadsAndBatchesAndIsCloseToWholeForwards) {
    make_convolutions(20, 12);
    run(1, {"--run.incremental", "off"});
    EXPECT_EQ(attribute("incremental"), "off");
    const auto whole = variants();
    const Outcome first = run(1, {"--run.incremental", "on", "--run.threads", "1"});
    EXPECT_THAT(first.output, HasSubstr("operators of the network run incrementally"));
    EXPECT_THAT(first.output, HasSubstr("% of the floating-point operations of the incremental part were needed"));
    EXPECT_EQ(attribute("incremental"), "on");
    const auto incremental = variants();
    ASSERT_EQ(incremental.size(), whole.size());
    ASSERT_FALSE(whole.empty());
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(incremental[i], whole[i], 1e-5F) << i;
    EXPECT_GT(*std::max_element(whole.begin(), whole.end()) - *std::min_element(whole.begin(), whole.end()), 0.01F);
    const std::string expected = digest();
    run(2, {"--run.incremental", "on", "--run.batch", "8"});
    EXPECT_EQ(digest(), expected);
    run(3, {"--run.incremental", "on", "--run.batch", "32", "--run.threads", "2"});
    EXPECT_EQ(digest(), expected);
}

const std::vector<std::string> attributions{"--attribution.shapley", "auto", "--attribution.curves",
                                            "--attribution.interactions"};

TEST_F(IncrementalRun, AttributionsHaveOneDigestHoweverTheyAreMadeAndAreCloseToThoseOfWholeForwards) {
    make_convolutions(20, 12);
    const auto attribute_with = [&](int ranks, std::vector<std::string> more) {
        more.insert(more.end(), attributions.begin(), attributions.end());
        return run(ranks, std::move(more)).output;
    };
    // Shapley values, curves and interactions.
    const auto numbers = [&] {
        const results::OcclusionReader file(output());
        const comm::Range all{0, file.variants()};
        std::vector<float> found = file.shapley_values(all);
        for (const auto& further : {file.deletion_curves(all), file.insertion_curves(all),
                                    file.interactions(results::InteractionScene::predicted, {0, file.pairs()})})
            found.insert(found.end(), further.begin(), further.end());
        return found;
    };
    attribute_with(1, {"--run.incremental", "off"});
    const auto whole = numbers();
    EXPECT_THAT(attribute_with(1, {"--run.incremental", "on", "--run.threads", "1"}),
                HasSubstr("% of the floating-point operations of the incremental part were needed"));
    EXPECT_EQ(attribute("incremental"), "on");
    const auto incremental = numbers();
    ASSERT_EQ(incremental.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(incremental[i], whole[i], 1e-5F) << i;
    EXPECT_GT(*std::max_element(whole.begin(), whole.end()), 0.01F);
    const std::string expected = digest();
    attribute_with(2, {"--run.incremental", "on", "--run.batch", "8"});
    EXPECT_EQ(digest(), expected);
    attribute_with(3, {"--run.incremental", "on", "--run.batch", "32", "--run.threads", "2"});
    EXPECT_EQ(digest(), expected);
    EXPECT_THAT(attribute_with(2, {"--run.incremental", "auto"}), HasSubstr("run.incremental = o"));
}

TEST_F(IncrementalRun, AttributionsGoOnAfterAKill) {
    make_convolutions(256, images);
    std::vector<std::string> options{"--run.incremental", "on"};
    options.insert(options.end(), attributions.begin(), attributions.end());
    run(2, options);
    const std::string quiet = digest();
    std::filesystem::remove(output());
    auto job = start(2, options);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    kill(ranks_of(*job)[1], SIGKILL);
    EXPECT_NE(job->wait(20).exit_code, 0);
    options.insert(options.end(), {"--run.resume", "true"});
    const Outcome resumed = occlude(3, options);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
    EXPECT_EQ(digest(), quiet);
}

TEST_F(IncrementalRun, GoesOnAsItWasBegunAfterAKill) {
    make_convolutions(256, images);
    run(2, {"--run.incremental", "on"});
    const std::string quiet = digest();
    std::filesystem::remove(output());
    auto job = start(2, {"--run.incremental", "on"});
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    kill(ranks_of(*job)[1], SIGKILL);
    EXPECT_NE(job->wait(20).exit_code, 0);
    const Outcome other = occlude(2, {"--run.incremental", "off", "--run.resume", "true"});
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_THAT(other.output, HasSubstr("run.incremental was on and is off"));
    // auto takes what the file says, and measures nothing.
    const Outcome resumed = occlude(3, {"--run.incremental", "auto", "--run.resume", "true"});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
    EXPECT_THAT(resumed.output, Not(HasSubstr("run.incremental = ")));
    EXPECT_EQ(attribute("incremental"), "on");
    EXPECT_EQ(digest(), quiet);
}

TEST_F(IncrementalRun, IsMeasuredByAutoAndGivesWhatItsChoiceGives) {
    make_convolutions(20, 6);
    const Outcome measured = run(2, {"--run.incremental", "auto"});
    const bool on = attribute("incremental") == "on";
    EXPECT_THAT(measured.output,
                HasSubstr(on ? "run.incremental = on (a forward takes " : "run.incremental = off (a "));
    EXPECT_THAT(attribute("configuration"), HasSubstr(on ? "incremental = on" : "incremental = off"));
    const std::string expected = digest();
    run(1, {"--run.incremental", on ? "on" : "off"});
    EXPECT_EQ(digest(), expected);
}

TEST_F(IncrementalRun, IsNotTakenByAutoWhereProbabilitiesDifferByMoreThanItPromises) {
    // What all scores have in common rounds them, and the softmax does without it.
    make_convolutions(20, 6, "5000.0");
    const Outcome refused = run(2, {"--run.incremental", "auto"});
    EXPECT_THAT(refused.output, HasSubstr("run.incremental = off (probabilities of the first photos differ by "));
    EXPECT_THAT(refused.output, HasSubstr("by more than 1e-05: the network magnifies rounding)"));
    EXPECT_EQ(attribute("incremental"), "off");
    EXPECT_THAT(run(1, {"--run.incremental", "on"}).output, HasSubstr("operators of the network run incrementally"));
    EXPECT_EQ(attribute("incremental"), "on") << "who asks for it gets it";
}

TEST_F(IncrementalRun, OfANetworkThatIsNotUnderstoodIsAWholeOneAndSaysSo) {
    make_data(testing_support::varied_tiny_images(6));
    testing_support::write_network(model(), "return torch.tanh(x).mean([2, 3])");
    run(1, {});
    const std::string of_whole = digest();
    const Outcome refused = run(2, {"--run.incremental", "on"});
    EXPECT_THAT(refused.output, HasSubstr("nothing runs incrementally"));
    EXPECT_THAT(refused.output, HasSubstr("aten::tanh"));
    EXPECT_EQ(attribute("incremental"), "off");
    EXPECT_EQ(digest(), of_whole);
    EXPECT_THAT(run(1, {"--run.incremental", "auto"}).output, HasSubstr("run.incremental = off"));
    EXPECT_THAT(run(1, {"--run.incremental", "on", "--model.path", "null"}).output, HasSubstr("there is no network"));
}

}  // namespace
}  // namespace semscope
