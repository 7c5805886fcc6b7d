// One vocabulary for all programs: each knows every key, and needs only its own.
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/options.hpp"
#include "support/generated_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

namespace semscope::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A program that uses the groups statistics and output.
struct ReducingProgram {
    ReducingProgram() { options.add(vocabulary(settings, {Group::statistics, Group::output})); }
    Settings settings;
    Options options{"program", "for a test"};
};

/// `SEMSCOPE_UPDATE_DOCUMENTATION=1 build/release/tests/unit_vocabulary` writes the table to the file.
TEST(Vocabulary, TheTableOfTheDocumentationIsGeneratedFromTheDeclarations) {
    testing_support::expect_generated(SEMSCOPE_SOURCE_DIR "/docs/options.md", "", vocabulary_table());
}

TEST(Vocabulary, EveryOptionIsInTheTableOnceAndHasHelp) {
    Settings settings;
    const std::string table = vocabulary_table();
    for (const OptionSpec& spec : vocabulary(settings, {})) {
        const std::string cell = "\n| " + spec.name + " |";
        ASSERT_NE(table.find(cell), std::string::npos) << spec.name;
        EXPECT_EQ(table.find(cell), table.rfind(cell)) << spec.name;
        EXPECT_FALSE(spec.help.empty()) << spec.name;
    }
}

// configuration_digest stands on this text, and it decides whether a file can be resumed. A new option that changes
// results belongs here; nothing else may change, so that files of older versions can be resumed.
TEST(Vocabulary, TheSettingsThatChangeResultsStayAsTheyAre) {
    Settings settings;
    Options options("program", "for a test");
    options.add(vocabulary(settings, {Group::data, Group::labels, Group::preprocess, Group::model, Group::occlusion,
                                      Group::run, Group::statistics, Group::segment, Group::figures, Group::output}));
    EXPECT_EQ(options.resolved_results_only(),
              "[data]\nexif = ignore\n"
              "[labels]\nencoding = index\nchannel = blue\noffset = 1\nunlabelled = 0\nresize = none\n"
              "[preprocess]\nresize = 256\ninterpolation = bilinear\ncrop = 224\nchannels = rgb\nscale = 1\n"
              "mean = 0.485, 0.456, 0.406\nstd = 0.229, 0.224, 0.225\n"
              "[model]\noutput = logits\n"
              "[occlusion]\nfill = mean\ncolour = 0.485, 0.456, 0.406\nmode = remove\nmin-pixels = 1\nblur-kernel = "
              "31\nblur-sigma = 10\n"
              "noise-seed = 0\n"
              "[run]\nbatch = 32\ndevice = auto\nprecision = fp32\nbatch-invariance = require\nincremental = off\n"
              "[statistics]\nrelevant = 0.01\ndistracting = 0.01\narea = crop\nseed = 0\nresamples = 2000\n"
              "permutations = 2000\n"
              "[segment]\noutput = logits\nsize = 0\nmin-confidence = 0\nflip = false\nbatch = 4\nlayout = top1\n");
}

/// A program with attributions, with what was given on the command line.
struct AttributingProgram {
    explicit AttributingProgram(const std::vector<const char*>& given) {
        options.add(vocabulary(settings, {Group::attribution}));
        std::vector<const char*> arguments{"program"};
        arguments.insert(arguments.end(), given.begin(), given.end());
        options.parse(static_cast<int>(arguments.size()), arguments.data());
    }
    std::vector<std::string> differences_from(const std::string& recorded) const {
        std::vector<std::string> found;
        for (const auto& [name, then, now] : options.differences_from(recorded))
            found.push_back(name + ": " + then + ", " + now);
        return found;
    }
    Settings settings;
    Options options{"program", "for a test"};
};

// Files of versions without them have the same configuration_digest as before and can be resumed.
TEST(Vocabulary, AttributionsCountOnlyWhereTheyAreNotTheDefault) {
    EXPECT_EQ(AttributingProgram({}).options.resolved_results_only(), "");
    EXPECT_EQ(AttributingProgram({"--attribution.budget", "0512"}).options.resolved_results_only(), "");
    EXPECT_EQ(AttributingProgram({"--attribution.shapley", "auto"}).options.resolved_results_only(),
              "[attribution]\nshapley = auto\n");
    EXPECT_THAT(AttributingProgram({}).differences_from("[run]\nbatch = 8\n"), testing::IsEmpty());
}

TEST(Vocabulary, AttributionsThatWereNotSoWhenAFileWasBegunAreDifferences) {
    using testing::ElementsAre;
    EXPECT_THAT(AttributingProgram({"--attribution.curves"}).differences_from("[run]\nbatch = 8\n"),
                ElementsAre("attribution.curves: (not recorded), true"));
    const std::string shapley = AttributingProgram({"--attribution.shapley", "auto"}).options.resolved();
    EXPECT_THAT(AttributingProgram({}).differences_from(shapley), ElementsAre("attribution.shapley: auto, off"));
    EXPECT_THAT(AttributingProgram({"--attribution.shapley", "auto"}).differences_from(shapley), testing::IsEmpty());
}

TEST(Vocabulary, EveryOptionHasAVariableOfItsOwn) {
    Settings settings;
    std::set<const void*> variables;
    for (const OptionSpec& spec : vocabulary(settings, {}))
        EXPECT_TRUE(variables.insert(spec.variable).second) << spec.name;
}

TEST(Vocabulary, KeysOfOtherProgramsAreAcceptedButNotRequiredShownOrRecorded) {
    ReducingProgram program;
    Options& options = program.options;
    const std::array arguments{"program", "--run.batch", "8", "--statistics.seed", "3"};
    EXPECT_EQ(options.parse(static_cast<int>(arguments.size()), arguments.data()), Request::run);
    EXPECT_EQ(program.settings.statistics.seed, 3);
    EXPECT_THAT(options.resolved(), AllOf(HasSubstr("[statistics]"), Not(HasSubstr("[run]"))));
    EXPECT_THAT(options.help(), AllOf(HasSubstr("--statistics.seed"), Not(HasSubstr("--run.batch"))));
}

TEST(Vocabulary, TheirValuesAreCheckedNevertheless) {
    ReducingProgram program;
    Options& options = program.options;
    const std::array arguments{"program", "--run.batch", "none"};
    EXPECT_THROW(options.parse(static_cast<int>(arguments.size()), arguments.data()), Error);
}

TEST(Vocabulary, ItsOwnRequiredOptionsStayRequired) {
    Settings settings;
    Options options("program", "for a test");
    options.add(vocabulary(settings, {Group::data}));
    const std::array arguments{"program"};
    EXPECT_THROW(options.parse(static_cast<int>(arguments.size()), arguments.data()), Error);
}

/// A program that reads labels again, with what was given on the command line.
struct AdoptingProgram {
    explicit AdoptingProgram(const std::vector<const char*>& given) {
        options.add(vocabulary(settings, {Group::output}));
        options.use(settings.data.root, settings.labels.root, settings.labels.coding.offset);
        std::vector<const char*> arguments{"program"};
        arguments.insert(arguments.end(), given.begin(), given.end());
        options.parse(static_cast<int>(arguments.size()), arguments.data());
    }
    void adopt(const std::string& configuration) { options.adopt(configuration, "file.h5"); }
    Settings settings;
    Options options{"program", "for a test"};
};

const std::string recorded =
    "[data]\nroot = /data/set\n[labels]\nroot = /data/set/maps\noffset = 3\n[run]\nbatch = 8\n";

TEST(Adopt, WhatWasNotGivenIsAsRecorded) {
    AdoptingProgram program({});
    program.adopt(recorded);
    EXPECT_EQ(program.settings.data.root, "/data/set");
    EXPECT_EQ(program.settings.labels.root, "/data/set/maps");
    EXPECT_EQ(program.settings.labels.coding.offset, 3);
    EXPECT_EQ(program.settings.run.batch, 32) << "the program has no use for it";
}

TEST(Adopt, PathsBelowTheRecordedRootMoveWithTheData) {
    AdoptingProgram program({"--data.root", "/moved"});
    program.adopt(recorded);
    EXPECT_EQ(program.settings.labels.root, "/moved/maps");
    AdoptingProgram apart({"--data.root", "/moved"});
    apart.adopt("[data]\nroot = /data/set\n[labels]\nroot = /other/maps\n");
    EXPECT_EQ(apart.settings.labels.root, "/other/maps");
}

TEST(Adopt, WhatContradictsTheRecordIsRefused) {
    AdoptingProgram same({"--labels.offset", "03"});
    EXPECT_NO_THROW(same.adopt(recorded));
    AdoptingProgram other({"--labels.offset", "1"});
    try {
        other.adopt(recorded);
        FAIL() << "taken";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("labels.offset = 1"), HasSubstr("file.h5 was made with 3")));
    }
}

}  // namespace
}  // namespace semscope::cli
