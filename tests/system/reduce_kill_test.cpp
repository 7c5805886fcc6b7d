// A reduction or a comparison that is killed never leaves a half result under its final name.
#include "reduce_fixture.hpp"
#include "support/running_program.hpp"

#include <signal.h>

#include <random>

namespace semscope {
namespace {

class ReduceKill : public ReduceTest {
  protected:
    /// True while the reduction is writing, that is while its temporary file is there.
    static bool is_writing(const std::filesystem::path& folder) {
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().filename().string().find(".creating.") != std::string::npos) return true;
        return false;
    }

    /// Runs a program on 2 ranks once as it is, then kills it `kills` times while it writes `file`: what it leaves is
    /// the same file, or none, and no hindrance.
    static void expect_whole_or_none(const std::string& program, const std::filesystem::path& file,
                                     const std::vector<std::string>& options, int kills) {
        std::vector<std::string> command{bin + "/" + program};
        command.insert(command.end(), options.begin(), options.end());
        command.insert(command.end(),
                       {"--statistics.resamples", "1", "--statistics.permutations", "1", "--output.overwrite", "true"});
        const Outcome first = testing_support::run_ranks(2, command);
        ASSERT_EQ(first.exit_code, 0) << first.output;
        const std::string whole = inspect({"--digest", file.string()}).output;
        std::mt19937 random(20);
        std::uniform_int_distribution<int> microseconds(0, 300000);
        int without_file = 0;
        for (int i = 0; i < kills; ++i) {
            std::filesystem::remove_all(file.parent_path());
            std::filesystem::create_directories(file.parent_path());
            testing_support::RunningProgram job(testing_support::with_ranks(2, command));
            testing_support::wait_until([&] { return is_writing(file.parent_path()) || std::filesystem::exists(file); },
                                        30);
            if (i % 2 == 1) std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
            for (const pid_t rank : job.children(program)) kill(rank, SIGKILL);
            job.wait(20);
            if (!std::filesystem::exists(file)) {
                ++without_file;
                continue;
            }
            EXPECT_EQ(inspect({"--check", file.string()}).exit_code, 0);
            EXPECT_EQ(inspect({"--digest", file.string()}).output, whole);
        }
        EXPECT_GT(without_file, 0) << "no kill came during writing";
        std::printf("%d of %d kills left no file\n", without_file, kills);
        EXPECT_EQ(testing_support::run_ranks(2, command).exit_code, 0) << "what a killed one left is no hindrance";
        EXPECT_EQ(inspect({"--digest", file.string()}).output, whole);
    }
};

TEST_F(ReduceKill, LeavesAWholeFileOrNone) {
    // Many scenes and classes: the file and the tables beside it take some tenths of a second to write.
    make_occlusion({"--images", "1000", "--scenes", "200", "--semantics", "151", "--attributions"});
    expect_whole_or_none("semscope-reduce", statistics(),
                         {"--output.occlusion", output().string(), "--output.statistics", statistics().string()}, 5);
}

TEST_F(ReduceKill, OfAComparisonLeavesAWholeFileOrNone) {
    const auto other = folder() / "other.h5";
    make_occlusion({"--images", "1000", "--scenes", "200", "--semantics", "151", "--again", "1"});
    std::filesystem::rename(output(), other);
    make_occlusion({"--images", "1000", "--scenes", "200", "--semantics", "151"});
    const auto file = statistics("compared").parent_path() / "comparison.h5";
    expect_whole_or_none("semscope-compare", file,
                         {output().string(), other.string(), "--output.comparison", file.string(), "--output.figures",
                          (folder() / "figures").string(), "--figures.formats", "svg", "--figures.scene", "scene 3"},
                         3);
}

/// One rank may write no more than 6 MB into a file, as on a disk that is full for it alone (EFBIG). The files of Open
/// MPI's shared memory must fit: 4 MB each in Open MPI 4, in Open MPI 5 as said here.
class ReduceFailingWrite : public ReduceTest, public testing::WithParamInterface<int> {
  protected:
    Outcome reduce_with_limit(const std::filesystem::path& to) const {
        std::vector<std::vector<std::string>> commands;
        for (int rank = 0; rank < 3; ++rank) {
            const std::string memory = "export OMPI_MCA_btl_sm_segment_size=4194304; ";
            const std::string limit = rank == GetParam() ? "trap '' XFSZ; ulimit -f 12000; " : "";
            commands.push_back({"sh", "-c", memory + limit + "exec \"$0\" \"$@\"", bin + "/semscope-reduce",
                                "--output.occlusion", output().string(), "--output.statistics", to.string()});
        }
        return testing_support::run_program(testing_support::one_rank_each(commands), 60);
    }
};

TEST_P(ReduceFailingWrite, OnOneRankEndsAllOfThemAndLeavesNothing) {
    make_occlusion({"--images", "1000", "--scenes", "200", "--semantics", "151"});
    const auto file = statistics();
    const Outcome outcome = reduce_with_limit(file);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    // The dataset, or the space of the whole file where rank 0 finds no room for that. (Open MPI's own line with the
    // cause is lost now and then when the job ends.)
    EXPECT_THAT(outcome.output, testing::ContainsRegex("semscope-reduce: error: rank " + std::to_string(GetParam()) +
                                                       " on .*(writing /[a-z]+/[a-z_/]+ failed|File too large)"));
    EXPECT_TRUE(std::filesystem::is_empty(file.parent_path())) << outcome.output;
    EXPECT_EQ(reduce(2, file, {"--statistics.resamples", "1", "--statistics.permutations", "1"}).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Rank, ReduceFailingWrite, testing::Values(0, 1, 2));

}  // namespace
}  // namespace semscope
