// A job that is asked to stop saves what it has, says how to go on, and ends with code 75.
#include "faults_fixture.hpp"

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Case {
    std::string name;
    int signal;
    bool to_launcher;  ///< else to one rank
};

class Signals : public FaultsTest, public testing::WithParamInterface<Case> {};

TEST_P(Signals, StopTheJobWithCode75AndTheResumedFileEqualsTheQuietOne) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    // A checkpoint far away: the ranks must meet because of the signal.
    auto job = start(3, {"--run.checkpoint", "1"});
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    const auto ranks = ranks_of(*job);
    ASSERT_EQ(ranks.size(), 3U);
    kill(GetParam().to_launcher ? job->pid() : ranks[1], GetParam().signal);
    const Outcome outcome = job->wait(20);
    EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("--run.resume true"), HasSubstr("stopped by SIG")));
    const std::uint64_t done = count_status(1);
    EXPECT_GT(done, 0U);
    EXPECT_LT(done, static_cast<std::uint64_t>(images));
    EXPECT_FALSE(std::filesystem::exists(output().string() + ".lock"));
    expect_resumed_equals(quiet, 2);
}

INSTANTIATE_TEST_SUITE_P(Each, Signals,
                         testing::Values(Case{"SIGTERM_to_one_rank", SIGTERM, false},
                                         Case{"SIGINT_to_one_rank", SIGINT, false},
                                         Case{"SIGUSR1_to_one_rank", SIGUSR1, false},
                                         Case{"SIGUSR1_to_mpirun", SIGUSR1, true}),
                         [](const auto& each) { return each.param.name; });

class EarlySignal : public FaultsTest {};

TEST_F(EarlySignal, BeforeTheFirstInferenceEndsTheJobInOrderToo) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(2);
    ASSERT_TRUE(testing_support::wait_until([&] { return std::filesystem::exists(output().string() + ".lock"); }));
    kill(ranks_of(*job)[0], SIGTERM);
    const Outcome outcome = job->wait(20);
    EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("--run.resume true"));
    expect_resumed_equals(quiet, 1);
}

TEST_F(EarlySignal, ASecondOneEndsTheJobAtOnceAndTheFileCanBeResumed) {
    make_slow_data(60000);  // a batch of many seconds
    auto job = start(2);
    ASSERT_TRUE(testing_support::wait_until([&] { return std::filesystem::exists(output()); }));
    const auto ranks = ranks_of(*job);
    ASSERT_EQ(ranks.size(), 2U);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kill(ranks[0], SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(1300));
    ASSERT_EQ(ranks_of(*job).size(), 2U) << "the batch was over before the second signal";
    kill(ranks[0], SIGTERM);
    const Outcome outcome = job->wait(10);
    EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("second signal"));
    // The very same network has to be used again, so only the header of the file is looked at.
    EXPECT_EQ(results::OcclusionReader(output()).images(), static_cast<std::uint64_t>(images));
}

TEST_F(EarlySignal, ToMpirunItselfLosesNothingThoughOpenMpiEndsTheRanks) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(2);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    kill(job->pid(), SIGTERM);  // Open MPI gives the ranks a second and returns a code of its own
    const Outcome outcome = job->wait(20);
    EXPECT_NE(outcome.exit_code, 0) << outcome.output;
    EXPECT_NE(outcome.exit_code, 124) << "mpirun hangs";
    EXPECT_GE(count_status(1), 5U);
    expect_resumed_equals(quiet, 3);
}

}  // namespace
}  // namespace semscope
