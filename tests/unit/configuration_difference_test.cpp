#include "semscope/cli/configuration.hpp"

#include <gtest/gtest.h>

namespace semscope::cli {
namespace {

TEST(ConfigurationDifference, NamesBothValuesOfWhatCountsAndNothingElse) {
    const std::string then = "[data]\nroot = /a b\n[run]\nbatch = 32\nloaders = 1\n[occlusion]\nfill = mean\n";
    const std::string now = "[run]\nbatch = 16\n[occlusion]\nfill = mean\nnoise-seed = 0\n";
    const auto found = differences(then, now);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].name, "run.batch");
    EXPECT_EQ(found[0].then, "32");
    EXPECT_EQ(found[0].now, "16");
    EXPECT_EQ(found[1].name, "occlusion.noise-seed");
    EXPECT_EQ(found[1].then, "(not recorded)");
    EXPECT_TRUE(differences(then, then).empty());
}

TEST(ConfigurationDifference, ARecordedValueIsFoundByItsName) {
    const std::string recorded = "[data]\nroot = /a = b\n[run]\nbatch = 32\n[bench]\nbatch = 1\n";
    EXPECT_EQ(recorded_value(recorded, "run.batch"), "32");
    EXPECT_EQ(recorded_value(recorded, "data.root"), "/a = b");
    EXPECT_EQ(recorded_value(recorded, "run.loaders"), "");
}

}  // namespace
}  // namespace semscope::cli
