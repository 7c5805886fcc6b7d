#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/memory.hpp"
#include "semscope/core/random.hpp"
#include "semscope/core/text.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/core/version.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace semscope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A root folder with what a machine tells of its memory.
class MemoryLimit : public testing::Test {
  protected:
    void SetUp() override { write("proc/meminfo", "MemTotal:        1000 kB\nMemFree:  10 kB\n"); }
    void write(const std::string& file, const std::string& text) const {
        std::filesystem::create_directories((root() / file).parent_path());
        std::ofstream(root() / file) << text;
    }
    std::filesystem::path root() const { return folder_.path(); }

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(MemoryLimit, IsThatOfTheMachineWithoutControlGroups) { EXPECT_EQ(memory_limit(root()), 1024000U); }

TEST_F(MemoryLimit, PeakIsThatOfTheResidentMemory) {
    EXPECT_EQ(peak_memory(root()), 0U);
    write("proc/self/status", "Name:\tsemscope\nVmPeak:\t  900 kB\nVmHWM:\t  12 kB\nVmRSS:\t   5 kB\n");
    EXPECT_EQ(peak_memory(root()), 12288U);
    EXPECT_GT(peak_memory(), std::uint64_t{1} << 20U);
}

TEST_F(MemoryLimit, IsTheLeastOfTheControlGroupsAbove) {
    write("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
    write("sys/fs/cgroup/slurm/job_7/memory.max", "500000\n");
    write("sys/fs/cgroup/slurm/job_7/step_0/memory.max", "max\n");
    EXPECT_EQ(memory_limit(root()), 500000U);
    write("sys/fs/cgroup/slurm/job_7/step_0/memory.max", "400000\n");
    EXPECT_EQ(memory_limit(root()), 400000U);
}

TEST_F(MemoryLimit, OfControlGroupsOfVersionOneIsThatOfTheMemoryController) {
    write("proc/self/cgroup", "4:cpu,cpuacct:/a\n3:memory:/slurm/job_7\n1:name=systemd:/\n");
    write("sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "300000\n");
    EXPECT_EQ(memory_limit(root()), 300000U);
}

TEST_F(MemoryLimit, IsUnknownWhereNothingTells) { EXPECT_EQ(memory_limit("/nowhere"), 0U); }

TEST(ShortDigest, IsTheBeginningOfTheSha256) {
    const std::string text = "abc";  // of FIPS 180-4
    EXPECT_EQ(short_digest({reinterpret_cast<const unsigned char*>(text.data()), text.size()}), 0xba7816bf8f01cfeaU);
}

TEST(Sha256, MatchesThePublishedTestVectors) {  // FIPS 180-4 examples
    EXPECT_EQ(sha256_of_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_of_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, OfAFileThatIsNotThereNamesIt) {
    try {
        sha256_of_file("/nonexistent/file");
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("/nonexistent/file"));
    }
}

TEST(Digest, AFileOfAnotherSha256IsRefusedWithBothDigests) {
    const std::string right(64, 'a'), wrong(64, 'b');
    require_sha256("net.ts", right, {std::string(64, 'A'), "model.sha256"});
    require_sha256("net.ts", right, {"", "model.sha256"});
    try {
        require_sha256("net.ts", right, {wrong, "model.sha256"});
        FAIL() << "another digest was accepted";
    } catch (const InputError& error) {
        for (const std::string& word : {std::string("net.ts"), right, "model.sha256 is " + wrong})
            EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
}

TEST(Philox, MatchesThePublishedTestVectors) {  // Random123 kat_vectors, philox4x32 10
    EXPECT_THAT(philox4x32({0, 0, 0, 0}, {0, 0}), ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
    constexpr std::uint32_t ones = 0xffffffff;
    EXPECT_THAT(philox4x32({ones, ones, ones, ones}, {ones, ones}),
                ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
    EXPECT_THAT(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
                ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Philox, UnitFloatsStayBelowOne) {
    EXPECT_EQ(unit_float(0), 0.0F);
    EXPECT_LT(unit_float(0xffffffff), 1.0F);
}

TEST(KeyValues, AreReadInOrderAndBlanksDoNotCount) {
    const auto pairs = parse_key_values("cb_nodes=4, romio_ds_write = disable");
    ASSERT_TRUE(pairs);
    EXPECT_THAT(*pairs,
                testing::ElementsAre(testing::Pair("cb_nodes", "4"), testing::Pair("romio_ds_write", "disable")));
    EXPECT_THAT(parse_key_values(" ").value(), testing::IsEmpty());
}

TEST(KeyValues, OfAnotherFormAreRefused) {
    for (const char* bad : {"cb_nodes", "cb_nodes=", "=4", "a=1,", "a=1,,b=2", "a=1,a=2", ","})
        EXPECT_FALSE(parse_key_values(bad)) << bad;
}

TEST(Problems, AreReportedAllTogether) {
    Problems problems;
    EXPECT_NO_THROW(problems.throw_if_any());
    problems.add("first thing");
    problems.collect([] { throw InputError("second thing"); });
    try {
        problems.throw_if_any();
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("2 problems"), HasSubstr("first"), HasSubstr("second")));
        EXPECT_EQ(error.exit_code(), ExitCode::bad_input);
    }
}

TEST(Problems, BeyondTheLimitAreCounted) {
    Problems problems;
    for (int i = 0; i < 5; ++i) problems.add("problem");
    try {
        problems.throw_if_any(2);
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("and 3 more"));
    }
}

TEST(ProcessStart, LiesBeforeNowAndStaysWhereItIs) {
    const double start = process_start_seconds();
    EXPECT_LE(start, steady_seconds());
    EXPECT_GT(start, steady_seconds() - 600) << "no test program is that old";
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_NEAR(process_start_seconds(), start, 0.1);
}

TEST(Version, NamesTheRevisionThatWasBuilt) {
    EXPECT_FALSE(version().empty());
    EXPECT_FALSE(git_revision().empty());
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PutInPlace, KeepsOrReplacesAFileOfTheSameName) {
    const testing_support::TemporaryFolder folder;
    const auto path = folder.path() / "a.h5", made = folder.path() / "a.h5.creating.1";
    std::ofstream(path) << "old";
    std::ofstream(made) << "new file";
    EXPECT_THAT([&] { put_in_place(made, path, Existing::keep); },
                testing::ThrowsMessage<IoError>(HasSubstr("File exists")));
    EXPECT_EQ(content_of(path), "old");
    EXPECT_TRUE(std::filesystem::exists(made));
    put_in_place(made, path, Existing::replace);
    EXPECT_EQ(content_of(path), "new file");
    EXPECT_FALSE(std::filesystem::exists(made));
}

TEST(WriteFileAtomically, MakesFoldersAndLeavesNothingButTheFile) {
    const testing_support::TemporaryFolder folder;
    const auto path = folder.path() / "a/b/labels.png";
    write_file_atomically(path, "first", Existing::keep);
    EXPECT_THAT([&] { write_file_atomically(path, "second", Existing::keep); },
                testing::ThrowsMessage<IoError>(HasSubstr("File exists")));
    EXPECT_EQ(content_of(path), "first");
    write_file_atomically(path, std::string(3 << 20, 'x'));
    EXPECT_EQ(content_of(path).size(), std::size_t{3} << 20);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

TEST(ReadAgain, TriesAFileThatCannotBeReachedAFewTimes) {
    int calls = 0;
    const auto value = read_again([&] {
        if (++calls < 3) throw UnreachableError("photo.jpg: cannot be read: Input/output error");
        return 5;
    });
    EXPECT_EQ(value, 5);
    EXPECT_EQ(calls, 3);
}

TEST(ReadAgain, GivesUpWithAnErrorThatIsNotOneOfTheData) {
    int calls = 0;
    try {
        read_again([&]() -> int {
            ++calls;
            throw UnreachableError("photo.jpg: there is no such file");
        });
        FAIL() << "no error";
    } catch (const IoError& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::failed);
        EXPECT_THAT(error.what(), testing::HasSubstr("photo.jpg"));
    }
    EXPECT_EQ(calls, 4);
}

TEST(ReadAgain, LetsOtherErrorsPassAtOnce) {
    int calls = 0;
    EXPECT_THROW(read_again([&]() -> int {
                     ++calls;
                     throw InputError("is no JPEG");
                 }),
                 InputError);
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace semscope
