#include "semscope/job/overseer.hpp"

#include "semscope/core/timing.hpp"
#include "semscope/job/stop_signal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

namespace semscope::comm {
namespace {

/// Without any collective call, as a rank that is busy.
bool becomes_true(const std::function<bool()>& holds) {
    const double end = steady_seconds() + 20;
    while (!holds() && steady_seconds() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return holds();
}

TEST(Overseer, AMeetingThatOneRankCallsIsKnownToAllOfThem) {
    const auto world = Communicator::world();
    Activity activity;
    Overseer overseer(world, activity, {"test", 60});
    ASSERT_TRUE(overseer.hears_others());
    world.barrier();
    if (world.rank() == world.size() - 1) overseer.call_meeting();
    EXPECT_TRUE(becomes_true([&] { return overseer.meeting_called(); }));
    EXPECT_EQ(overseer.stop_signal(), 0);
    overseer.finish();
}

TEST(Overseer, ASignalToOneRankIsKnownToAllOfThemByItsNumber) {
    const auto world = Communicator::world();
    const StopSignal catcher;
    Activity activity;
    Overseer overseer(world, activity, {"test", 0});
    world.barrier();
    if (world.rank() == world.size() / 2) std::raise(SIGUSR1);
    EXPECT_TRUE(becomes_true([&] { return overseer.stop_signal() == SIGUSR1; }));
    EXPECT_TRUE(overseer.meeting_called());
    overseer.finish();
}

TEST(Overseer, LetsARankWaitForOneThatGoesOnLongerThanTheLimit) {
    const auto world = Communicator::world();
    Activity activity;
    auto watched = world.duplicate();
    watched.observe(activity);
    Overseer overseer(watched, activity, {"test", 1.5});
    if (world.is_root())
        for (int i = 0; i < 70; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            activity.tick();
        }
    watched.barrier();
    EXPECT_FALSE(overseer.meeting_called());
    overseer.finish();
}

TEST(Overseer, ManyInARowDoNotMixTheirMessages) {
    const auto world = Communicator::world();
    for (int i = 0; i < 10; ++i) {
        Activity activity;
        Overseer overseer(world, activity, {"test", 60});
        world.barrier();
        EXPECT_FALSE(overseer.meeting_called());
        world.barrier();
        if (world.rank() == i % world.size()) overseer.call_meeting();
        overseer.finish();
    }
}

}  // namespace
}  // namespace semscope::comm
