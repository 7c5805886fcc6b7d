#include "python_checks.hpp"

#include <gtest/gtest.h>

namespace semscope {
namespace {

TEST(Preprocess, EqualsPillowInEveryPixelUpAndDown) {
    std::vector<std::string> arguments{SEMSCOPE_PREPROCESS_PROBE};
    for (const char* set : {"nyuv2", "miniplaces"})
        if (std::filesystem::exists(real_data() / set)) arguments.push_back((real_data() / set).string());
    const auto outcome = run_python("check_preprocess.py", arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    std::printf("%s", outcome.output.c_str());
}

}  // namespace
}  // namespace semscope
