// One vocabulary for all programs: each knows every key, and needs only its own.
#include "semscope/app/vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

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

/// Options of a program that reads labels again, with what was given on the command line.
Options adopting(const std::vector<const char*>& given) {
    Options options("program", "for a test");
    options.add(vocabulary({output_options}, {"data.root", "labels.root", "labels.offset"}));
    std::vector<const char*> arguments{"program"};
    arguments.insert(arguments.end(), given.begin(), given.end());
    options.parse(static_cast<int>(arguments.size()), arguments.data());
    return options;
}

const std::string recorded =
    "[data]\nroot = /data/set\n[labels]\nroot = /data/set/maps\noffset = 3\n[run]\nbatch = 8\n";

TEST(Adopt, WhatWasNotGivenIsAsRecorded) {
    Options options = adopting({});
    options.adopt(recorded, "file.h5");
    EXPECT_EQ(options.path("data.root"), "/data/set");
    EXPECT_EQ(options.path("labels.root"), "/data/set/maps");
    EXPECT_EQ(options.integer("labels.offset"), 3);
}

TEST(Adopt, PathsBelowTheRecordedRootMoveWithTheData) {
    Options options = adopting({"--data.root", "/moved"});
    options.adopt(recorded, "file.h5");
    EXPECT_EQ(options.path("labels.root"), "/moved/maps");
    Options apart = adopting({"--data.root", "/moved"});
    apart.adopt("[data]\nroot = /data/set\n[labels]\nroot = /other/maps\n", "file.h5");
    EXPECT_EQ(apart.path("labels.root"), "/other/maps");
}

TEST(Adopt, WhatContradictsTheRecordIsRefused) {
    Options same = adopting({"--labels.offset", "03"});
    EXPECT_NO_THROW(same.adopt(recorded, "file.h5"));
    Options other = adopting({"--labels.offset", "1"});
    try {
        other.adopt(recorded, "file.h5");
        FAIL() << "taken";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("labels.offset = 1"), HasSubstr("file.h5 was made with 3")));
    }
}

}  // namespace
}  // namespace semscope::app
