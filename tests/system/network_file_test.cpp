

// The network that runs is the one that is meant and recorded: its SHA-256 is asked for, said and kept.
#include "occlude_fixture.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <algorithm>
#include <cctype>

namespace semscope {
namespace {

using testing::HasSubstr;
using testing::Not;

class NetworkFile : public OccludeTest {
  protected:
    void SetUp() override { make_data(testing_support::varied_tiny_images(4)); }

    /// A network with this method, saved as a module in training mode.
    void save_in_training_mode(const std::string& forward) const {
        testing_support::write_methods(model(), forward, testing_support::Mode::training);
    }
};

TEST_F(NetworkFile, TheRightSha256OfAnyCaseIsAcceptedSaidAndRecorded) {
    const std::string sha256 = sha256_of_file(model());
    std::string upper = sha256;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
    const Outcome outcome = occlude(2, {"--model.sha256", upper});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("network " + model().string() + ", SHA-256 " + sha256));
    EXPECT_EQ(results::OcclusionReader(output()).attribute("model_sha256"), sha256);
}

TEST_F(NetworkFile, TheSha256IsNoSettingThatStopsAResume) {
    ASSERT_EQ(occlude(1).exit_code, 0);
    const Outcome outcome = occlude(1, {"--run.resume", "--model.sha256", sha256_of_file(model())});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("nothing is left to do"));
}

TEST_F(NetworkFile, ANetworkSavedInTrainingModeGivesTheNumbersOfEvaluation) {
    save_in_training_mode("def forward(self, x):\n    return torch.dropout(x.mean([2, 3]) * 3, 0.5, self.training)\n");
    ASSERT_EQ(occlude(1).exit_code, 0);
    const std::string dropped = digest();
    testing_support::write_network(model(), "return x.mean([2, 3]) * 3");
    ASSERT_EQ(occlude(1, {"--output.overwrite"}).exit_code, 0);
    EXPECT_EQ(digest(), dropped);
}

TEST_F(NetworkFile, SegmentHasASha256OfItsOwnBesideThatOfTheClassifier) {
    const auto network = folder() / "segment.ts";
    testing_support::write_network(network, "return torch.cat([x, x[:, :1] * -1], 1)");
    const std::string sha256 = sha256_of_file(network);
    const std::vector<std::string> command{
        bin + "/semscope-segment",      "--data.root",     root().string(),  "--labels.root",
        (folder() / "labels").string(), "--segment.model", network.string(), "--model.sha256",
        sha256_of_file(model())};
    const Outcome unchecked = testing_support::run_program(command);
    EXPECT_EQ(unchecked.exit_code, 0) << unchecked.output;
    EXPECT_THAT(unchecked.output, HasSubstr("is checked with segment.sha256 only"));
    EXPECT_THAT(unchecked.output, HasSubstr("SHA-256 " + sha256));
    auto checked = command;
    checked.insert(checked.end(), {"--segment.sha256", sha256});
    const Outcome outcome = testing_support::run_ranks(2, checked);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, Not(HasSubstr("is checked with segment.sha256 only")));
}

}  // namespace
}  // namespace semscope
