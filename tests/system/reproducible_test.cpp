

// The same numbers whatever the ranks, workers and checkpoints.
#include "occlude_fixture.hpp"
#include "semscope/results/occlusion_file.hpp"

namespace semscope {
namespace {

class Reproducible : public OccludeTest {};

TEST_F(Reproducible, AnyNumberOfRanksGivesTheSameBits) {
    make_data(testing_support::varied_tiny_images(17));
    // A network with convolutions, whose library picks algorithms by shape: the linear one proves little.
    testing_support::write_network(model(),
                                   "w = torch.linspace(-1, 1, 216).reshape(8, 3, 3, 3)\n"
                                   "v = torch.cos(torch.linspace(0, 9, 24)).reshape(3, 8)\n"
                                   "return torch.matmul(torch.relu(torch.conv2d(x, w)).mean([2, 3]), v.t())");
    std::string first;
    for (const int ranks : {1, 2, 3, 5, 19}) {  // 19: more ranks than images
        const Outcome outcome =
            occlude(ranks, {"--occlusion.fill", "noise", "--output.overwrite", "true", "--run.loaders",
                            std::to_string(1 + ranks % 3), "--run.checkpoint", ranks % 2 == 0 ? "0" : "60"});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        if (first.empty()) first = digest();
        EXPECT_EQ(digest(), first) << ranks << " ranks";
    }
}

TEST_F(Reproducible, TheNoiseSeedChangesTheResultAndNothingElseDoes) {
    make_data(testing_support::varied_tiny_images(3));
    const auto digest_with = [&](const std::string& seed) {
        EXPECT_EQ(
            occlude(1, {"--occlusion.fill", "noise", "--occlusion.noise-seed", seed, "--output.overwrite"}).exit_code,
            0);
        return digest();
    };
    const std::string zero = digest_with("0");
    EXPECT_EQ(digest_with("0"), zero);
    EXPECT_NE(digest_with("1"), zero);
}

TEST_F(Reproducible, TheConfigurationDigestCountsWhatCanChangeNumbersOnly) {
    make_data(testing_support::varied_tiny_images(3));
    const auto digest_with = [&](const std::vector<std::string>& more) {
        auto all = more;
        all.emplace_back("--output.overwrite");
        EXPECT_EQ(occlude(1, all).exit_code, 0);
        return results::OcclusionReader(output()).attribute("configuration_digest");
    };
    const std::string plain = digest_with({});
    EXPECT_EQ(plain.size(), 64U);
    EXPECT_EQ(digest_with({"--run.loaders", "3", "--run.checkpoint", "5"}), plain);
    EXPECT_NE(digest_with({"--occlusion.fill", "black"}), plain);
    EXPECT_NE(digest_with({"--run.batch", "5"}), plain);
}

}  // namespace
}  // namespace semscope
