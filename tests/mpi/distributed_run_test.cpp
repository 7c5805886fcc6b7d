#include "semscope/cli/distributed_run.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/job/stop_signal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <thread>

namespace semscope::cli {
namespace {

using comm::Communicator;

/// Does `count` steps and saves how many were done at each checkpoint.
class CountingTask : public RankTask {
  public:
    CountingTask(const Communicator& communicator, std::uint64_t count) : communicator_(communicator), count_(count) {}

    bool do_step() override {
        if (finished()) return false;
        if (before_step) before_step(done_);
        ++done_;
        return true;
    }
    bool finished() const override { return done_ == count_; }
    std::uint64_t done() const override { return done_; }
    void save() override {
        communicator_.barrier();
        saved.push_back(done_);
    }

    std::function<void(std::uint64_t)> before_step;
    std::vector<std::uint64_t> saved;

  private:
    const Communicator& communicator_;
    std::uint64_t count_;
    std::uint64_t done_ = 0;
};

TEST(CheckpointPace, MeasuresFirstAndThenFillsTheTime) {
    CheckpointPace pace(60, 1000);
    EXPECT_EQ(pace.steps(), 1U);
    pace.learn(2.0);
    EXPECT_EQ(pace.steps(), 30U);
    pace.learn(0);
    EXPECT_EQ(pace.steps(), 30U);
    pace.learn(0.001);
    EXPECT_EQ(pace.steps(), 1000U) << "bounded by memory";
    pace.learn(500);
    EXPECT_EQ(pace.steps(), 1U);
}

TEST(CheckpointPace, WithoutCheckpointsDoesAllAtOnce) {
    CheckpointPace pace;
    pace.learn(0.001);
    EXPECT_EQ(pace.steps(), UINT64_MAX);
}

TEST(DistributedRun, EveryRankDoesItsOwnNumberOfStepsAndMeetsTheOthersAtEachCheckpoint) {
    const auto world = Communicator::world();
    const auto count = static_cast<std::uint64_t>(3 * world.rank());
    CountingTask task(world, count);
    const Log log(false);
    const auto end =
        run_distributed(task, {.communicator = world, .log = log, .unit = "steps", .total = 0, .pace = {1e-9, 1}});
    EXPECT_EQ(end, RunEnd::complete);
    EXPECT_EQ(task.saved.back(), count);
    EXPECT_EQ(world.min(task.saved.size()), world.max(task.saved.size()));
}

TEST(DistributedRun, AnErrorOfOneRankEndsAllOfThemAfterWhatIsDoneWasSaved) {
    const auto world = Communicator::world();
    Activity activity;
    job::Watchdog watchdog(world, activity, {"test", 60});
    CountingTask task(world, UINT64_MAX);
    task.before_step = [&](std::uint64_t done) {
        if (world.rank() == world.size() - 1 && done == 2) throw IoError("no space");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    const Log log(false);
    EXPECT_THAT(
        [&] { run_distributed(task, {.communicator = world, .log = log, .unit = "steps", .watchdog = &watchdog}); },
        testing::ThrowsMessage<comm::AgreedError>(testing::HasSubstr("no space")));
    ASSERT_EQ(task.saved.size(), 1U);
    if (world.rank() == world.size() - 1) {
        EXPECT_EQ(task.saved[0], 2U);
    }
    watchdog.finish();
}

TEST(DistributedRun, ASignalToOneRankStopsAllOfThemUnlessNothingIsLeft) {
    const auto world = Communicator::world();
    const StopSignal catcher;
    Activity activity;
    job::Watchdog watchdog(world, activity, {"test", 60});
    const Log log(false);
    const DistributedRun run{.communicator = world, .log = log, .unit = "steps", .watchdog = &watchdog};
    CountingTask endless(world, UINT64_MAX);
    endless.before_step = [&](std::uint64_t done) {
        if (world.is_root() && done == 2) std::raise(SIGTERM);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    EXPECT_EQ(run_distributed(endless, run), RunEnd::stopped);
    EXPECT_EQ(endless.saved.size(), 1U);
    CountingTask empty(world, 0);
    EXPECT_EQ(run_distributed(empty, run), RunEnd::complete);
    watchdog.finish();
}

}  // namespace
}  // namespace semscope::cli
