#include "semscope/job/watchdog.hpp"

#include "semscope/core/timing.hpp"
#include "semscope/job/stop_signal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

namespace semscope::job {
namespace {

using comm::Communicator;

/// Without any collective call, as a rank that is busy.
bool becomes_true(const std::function<bool()>& holds) {
    const double end = steady_seconds() + 20;
    while (!holds() && steady_seconds() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return holds();
}

TEST(Watchdog, AnInterruptOfOneRankIsKnownToAllOfThem) {
    const auto world = Communicator::world();
    Activity activity;
    Watchdog watchdog(world, activity, {"test", 60});
    ASSERT_TRUE(watchdog.hears_others());
    world.barrier();
    if (world.rank() == world.size() - 1) watchdog.interrupt_all();
    EXPECT_TRUE(becomes_true([&] { return watchdog.interrupted(); }));
    EXPECT_EQ(watchdog.stop_signal(), 0);
    watchdog.finish();
}

TEST(Watchdog, AnInterruptOfARankThatEndsAtOnceIsKnownToAllOfThem) {
    const auto world = Communicator::world();
    for (int i = 0; i < 30; ++i) {
        Activity activity;
        Watchdog watchdog(world, activity, {"test", 60});
        world.barrier();
        if (world.rank() == world.size() - 1)
            watchdog.interrupt_all();
        else
            EXPECT_TRUE(becomes_true([&] { return watchdog.interrupted(); })) << i;
        watchdog.finish();
    }
}

TEST(Watchdog, ASignalToOneRankIsKnownToAllOfThemByItsNumber) {
    const auto world = Communicator::world();
    const StopSignal catcher;
    Activity activity;
    Watchdog watchdog(world, activity, {"test", 0});
    world.barrier();
    if (world.rank() == world.size() / 2) std::raise(SIGUSR1);
    EXPECT_TRUE(becomes_true([&] { return watchdog.stop_signal() == SIGUSR1; }));
    EXPECT_TRUE(watchdog.interrupted());
    watchdog.finish();
}

TEST(Watchdog, LetsARankWaitForOneThatGoesOnLongerThanTheLimit) {
    const auto world = Communicator::world();
    Activity activity;
    auto watched = world.duplicate();
    watched.observe(activity);
    Watchdog watchdog(watched, activity, {"test", 1.5});
    if (world.is_root())
        for (int i = 0; i < 70; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            activity.tick();
        }
    watched.barrier();
    EXPECT_FALSE(watchdog.interrupted());
    watchdog.finish();
}

TEST(Watchdog, ManyInARowDoNotMixTheirMessages) {
    const auto world = Communicator::world();
    for (int i = 0; i < 10; ++i) {
        Activity activity;
        Watchdog watchdog(world, activity, {"test", 60});
        world.barrier();
        EXPECT_FALSE(watchdog.interrupted());
        world.barrier();
        if (world.rank() == i % world.size()) watchdog.interrupt_all();
        watchdog.finish();
    }
}

}  // namespace
}  // namespace semscope::job
