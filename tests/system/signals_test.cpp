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

class Signals : public FaultsTest {};

TEST_F(Signals, EachStopsTheJobWithCode75AndTheFileThatSurvivedAllEqualsTheQuietOne) {
    make_slow_data(200);
    const std::string quiet = quiet_digest();
    int ranks = 4;
    for (const Case& each : {Case{"SIGTERM to one rank", SIGTERM, false}, Case{"SIGINT to one rank", SIGINT, false},
                             Case{"SIGUSR1 to one rank", SIGUSR1, false}, Case{"SIGUSR1 to mpirun", SIGUSR1, true}}) {
        SCOPED_TRACE(each.name);
        const std::uint64_t before = count_status(1);
        // Checkpoints are far apart, so that the ranks have to meet because of the signal.
        auto job = start(ranks, {"--run.checkpoint", "0.4"});
        ASSERT_NO_FATAL_FAILURE(wait_for_midst(before + 3));
        const auto processes = ranks_of(*job);
        ASSERT_EQ(processes.size(), static_cast<std::size_t>(ranks));
        kill(each.to_launcher ? job->pid() : processes.back(), each.signal);
        const Outcome outcome = job->wait(20);
        EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("--run.resume true"), HasSubstr("stopped by SIG")));
        EXPECT_GT(count_status(1), before);
        EXPECT_LT(count_status(1), static_cast<std::uint64_t>(images));
        EXPECT_FALSE(std::filesystem::exists(output().string() + ".lock"));
        --ranks;
    }
    expect_resumed_equals(quiet, 2);
}

class EarlySignal : public FaultsTest {};

TEST_F(EarlySignal, BeforeTheFirstInferenceEndsTheJobInOrderToo) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(2);
    ASSERT_TRUE(testing_support::wait_until([&] { return std::filesystem::exists(output().string() + ".lock"); }));
    const auto ranks = ranks_of(*job);
    ASSERT_EQ(ranks.size(), 2U);
    kill(ranks[0], SIGTERM);
    const Outcome outcome = job->wait(20);
    EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("--run.resume true"));
    expect_resumed_equals(quiet, 1);
}

TEST_F(EarlySignal, ASecondOneEndsTheJobAtOnceAndTheFileCanBeResumed) {
    make_slow_data(20000);  // a batch of many seconds
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
