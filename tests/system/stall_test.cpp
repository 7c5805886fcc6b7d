// A job that gets stuck ends with a message that says where, and the file can be resumed.
#include "faults_fixture.hpp"

#include <regex>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Stall : public FaultsTest {
  protected:
    void expect_end(testing_support::RunningProgram& job, const std::string& rank, const std::string& what) const {
        const Outcome outcome = job.wait(30);
        EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("error: rank " + rank + " on "), HasSubstr(what),
                                          HasSubstr("run.stall"), HasSubstr("--run.resume true")));
    }
};

TEST_F(Stall, OfAStoppedRankIsSeenByTheOthers) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    for (const std::size_t stopped : {2U, 0U}) {
        auto job = start(3, {"--run.stall", "3"});
        ASSERT_NO_FATAL_FAILURE(wait_for_midst());
        const auto ranks = ranks_of(*job);
        ASSERT_EQ(ranks.size(), 3U);
        kill(ranks[stopped], SIGSTOP);
        expect_end(*job, std::to_string(stopped), "no sign of life for 3 s");
        if (stopped == 2) std::filesystem::remove(output());  // else there may be too little left for another time
    }
    expect_resumed_equals(quiet, 2);
}

TEST_F(Stall, OfAForwardThatDoesNotEndIsSeenByTheRankItself) {
    make_data(testing_support::varied_tiny_images(images));
    // For ever on the one image whose first pixel is that red; it is the 56th and thus of rank 1.
    make_slow_network(1, "n = 0\nwhile bool(x[0, 0, 0, 0] > 2.0):\n    n = n + 1\n");
    auto job = start(2, {"--run.stall", "2", "--run.batch", "1"});
    const Outcome outcome = job->wait(60);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_THAT(outcome.output,
                AllOf(HasSubstr("error: rank 1 on "), HasSubstr("has made no progress for 2 s; it is in: forward"),
                      HasSubstr("--run.resume true")));
}

TEST_F(Stall, IsNotSeenInALongWaitForARankThatWorks) {
    // The second half of the images begins with red and is slow: rank 0 waits for rank 1 for many of its batches.
    auto photos = testing_support::varied_tiny_images(20);
    for (std::size_t i = 0; i < photos.size(); ++i)
        photos[i].stripes[0].rgb[0] = i < photos.size() / 2 ? std::uint8_t{0} : std::uint8_t{255};
    make_data(photos);
    make_slow_network(1500, "", "x[0, 0, 0, 0] > 1.0");
    auto job = start(2, {"--run.stall", "3", "--run.batch", "1", "--run.checkpoint", "1000"});
    const Outcome outcome = job->wait(100);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    const std::regex idle("idle +[0-9.]+ +[0-9.]+ % +([0-9.]+)");
    std::smatch seconds;
    ASSERT_TRUE(std::regex_search(outcome.output, seconds, idle)) << outcome.output;
    EXPECT_GT(std::stod(seconds[1]), 3) << "nobody had to wait long enough";
}

}  // namespace
}  // namespace semscope
