// Whatever is wrong, on one rank or two: the right exit code, one message that says what, where and what to do, soon,
// and not a byte of anything changed or left behind.
#include "row.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <sstream>

namespace semscope::bad_inputs {

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing_support::Outcome;

constexpr int maximum_seconds = 20;

/// A file or folder as it must still be afterwards.
struct Entry {
    fs::file_time_type modified;
    std::string bytes;
    bool operator==(const Entry&) const = default;
};

std::map<std::string, Entry> snapshot(const fs::path& top) {
    std::map<std::string, Entry> entries;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
        std::ifstream file(entry.path(), std::ios::binary);
        entries[entry.path().lexically_relative(top).string()] = {
            fs::last_write_time(entry.path()),
            entry.is_regular_file() ? std::string(std::istreambuf_iterator<char>(file), {}) : std::string()};
    }
    return entries;
}

std::string difference(const std::map<std::string, Entry>& before, const std::map<std::string, Entry>& after) {
    std::string out;
    for (const auto& [name, entry] : before)
        if (!after.count(name))
            out += name + " is gone\n";
        else if (after.at(name).bytes != entry.bytes)
            out += name + " has other bytes\n";
    for (const auto& [name, entry] : after)
        if (!before.count(name)) out += name + " is new\n";
    // Something that came and went changes the time of its folder only, which is allowed: locks do.
    for (const auto& [name, entry] : before)
        if (after.count(name) && !entry.bytes.empty() && after.at(name).modified != entry.modified)
            out += name + " was written to\n";
    return out;
}

bool is_mpi_program(const std::string& name) {
    return name == "occlude" || name == "reduce" || name == "compare" || name == "segment" || name == "sdm" ||
           name == "report";
}

/// The options of a program on the sound data set.
std::vector<std::string> usual_options(const std::string& program) {
    if (program == "occlude")
        return {"--data.root",         "@/data",
                "--model.path",        "@/model.ts",
                "--output.occlusion",  "@/out/occlusion.h5",
                "--preprocess.resize", "0",
                "--preprocess.crop",   "24",
                "--run.batch",         "4"};
    if (program == "segment")
        return {"--data.root", "@/data", "--labels.root", "@/out/labels", "--segment.model", "@/segment.ts"};
    if (program == "reduce")
        return {"--output.occlusion",  "@/occlusion.h5",         "--output.statistics",
                "@/out/statistics.h5", "--statistics.resamples", "20"};
    if (program == "compare")
        return {"@/occlusion.h5",   "@/other.h5",    "--output.comparison",    "@/out/comparison.h5",
                "--output.figures", "@/out/figures", "--statistics.resamples", "20"};
    if (program == "inspect") return {};
    return {"--output.occlusion",
            "@/occlusion.h5",
            "--output.statistics",
            "@/statistics.h5",
            program == "report" ? "--output.report" : "--output.figures",
            "@/out/figures",
            "--data.root",
            "@/data"};
}

std::vector<std::string> command(const Row& row, const fs::path& folder) {
    std::vector<std::string> words = usual_options(row.program);
    for (const std::string& name : row.without) {
        const auto at = std::find(words.begin(), words.end(), name);
        words.erase(at, at + 2);
    }
    words.insert(words.end(), row.options.begin(), row.options.end());
    for (std::string& word : words)
        if (const auto at = word.find('@'); at != std::string::npos) word.replace(at, 1, folder.string());
    words.insert(words.begin(), std::string(SEMSCOPE_BIN_DIR) + "/semscope-" + row.program);
    return words;
}

/// What the program itself said: without the launcher's remarks on a code that is not 0.
std::string own_words(const std::string& output) {
    return output.substr(0, output.find("---------------------------------------------------------------"));
}

void expect_one_message(const std::string& output) {
    std::istringstream lines(output);
    std::map<std::string, int> counts;
    std::size_t errors = 0;
    for (std::string line; std::getline(lines, line);) {
        ++counts[line];
        errors += line.find(": error: ") != std::string::npos ? 1U : 0U;
    }
    EXPECT_EQ(errors, 1U) << "one message, from one rank\n" << output;
    for (const auto& [line, count] : counts) EXPECT_EQ(count, 1) << "is printed more than once: " << line;
}

void expect_no_noise(const std::string& output) {
    for (const char* noise : {"terminate called", "what():", "MPI_ABORT", "MPI_Abort", "Sanitizer", "runtime error",
                              "Segmentation fault", "HDF5-DIAG", "Traceback", "std::", "basic_string", "*** Process",
                              "stack trace", "c10::", "OpenCV(", "libpng", "[ WARN", "\x1b"})
        EXPECT_THAT(output, Not(HasSubstr(noise)));
}

class BadInput : public testing::TestWithParam<Row> {};

TEST_P(BadInput, IsRefused) {
    const Row& row = GetParam();
    ASSERT_TRUE(fs::exists(fs::path(SEMSCOPE_TEMPLATE_DIR) / "statistics.h5")) << "run the test make_sound_set first";
    const testing_support::TemporaryFolder temporary;
    const Place place(temporary.path() / "set");
    fs::copy(SEMSCOPE_TEMPLATE_DIR, place.folder(), fs::copy_options::recursive);
    if (row.spoil) row.spoil(place);
    const auto before = snapshot(temporary.path());
    for (const int ranks : {1, 2}) {
        if (ranks > 1 && !is_mpi_program(row.program)) break;
        SCOPED_TRACE(std::to_string(ranks) + " ranks");
        const auto words = command(row, place.folder());
        const Outcome outcome = ranks == 1 ? testing_support::run_program(words, maximum_seconds)
                                           : testing_support::run_ranks(ranks, words, maximum_seconds);
        EXPECT_EQ(outcome.exit_code, row.code) << outcome.output;
        const std::string said = own_words(outcome.output);
        for (const std::string& word : row.words) EXPECT_THAT(said, HasSubstr(word));
        expect_one_message(said);
        expect_no_noise(outcome.output);
        EXPECT_EQ(difference(before, snapshot(temporary.path())), "");
    }
}

std::string name_of(const testing::TestParamInfo<Row>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Config, BadInput, testing::ValuesIn(config_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Options, BadInput, testing::ValuesIn(option_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Output, BadInput, testing::ValuesIn(output_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Lists, BadInput, testing::ValuesIn(list_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Pictures, BadInput, testing::ValuesIn(picture_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Models, BadInput, testing::ValuesIn(model_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Segment, BadInput, testing::ValuesIn(segment_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Results, BadInput, testing::ValuesIn(result_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Compare, BadInput, testing::ValuesIn(compare_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Figures, BadInput, testing::ValuesIn(figure_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Readers, BadInput, testing::ValuesIn(reader_rows()), name_of);

}  // namespace
}  // namespace semscope::bad_inputs
