// One vocabulary for all programs: each knows every key, and needs only its own.
#include "semscope/app/vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace semscope::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Options make_options() {
    Options options("program", "for a test");
    options.add(vocabulary({statistics_options, output_options}));
    return options;
}

TEST(Vocabulary, KeysOfOtherProgramsAreAcceptedButNotRequiredShownOrRecorded) {
    Options options = make_options();
    const std::array arguments{"program", "--run.batch", "8", "--statistics.seed", "3"};
    EXPECT_EQ(options.parse(static_cast<int>(arguments.size()), arguments.data()), Request::run);
    EXPECT_EQ(options.integer("statistics.seed"), 3);
    EXPECT_THAT(options.resolved(), AllOf(HasSubstr("[statistics]"), Not(HasSubstr("[run]"))));
    EXPECT_THAT(options.help(), AllOf(HasSubstr("--statistics.seed"), Not(HasSubstr("--run.batch"))));
}

TEST(Vocabulary, TheirValuesAreCheckedNevertheless) {
    Options options = make_options();
    const std::array arguments{"program", "--run.batch", "none"};
    EXPECT_THROW(options.parse(static_cast<int>(arguments.size()), arguments.data()), Error);
}

TEST(Vocabulary, ItsOwnRequiredOptionsStayRequired) {
    Options options("program", "for a test");
    options.add(vocabulary({data_options}));
    const std::array arguments{"program"};
    EXPECT_THROW(options.parse(static_cast<int>(arguments.size()), arguments.data()), Error);
}

}  // namespace
}  // namespace semscope::app
