#include "semscope/job/stop_signal.hpp"
#include "semscope/core/timing.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>

namespace semscope {
namespace {

TEST(StopSignal, NotesTheFirstSignalAndGoesOn) {
    const StopSignal catcher;
    EXPECT_EQ(StopSignal::caught(), 0);
    for (const int signal : {SIGUSR1, SIGTERM}) std::raise(signal);  // launchers may deliver a request twice
    EXPECT_EQ(StopSignal::caught(), SIGUSR1);
    EXPECT_EQ(signal_name(StopSignal::caught()), "SIGUSR1");
}

TEST(StopSignal, ASecondOneASecondLaterEndsTheProcessWithCode75) {
    const auto twice = [] {
        const StopSignal catcher;
        std::raise(SIGTERM);
        usleep(1'100'000);
        std::raise(SIGTERM);
    };
    EXPECT_EXIT(twice(), testing::ExitedWithCode(75), "--run.resume true");
}

TEST(StopSignal, AFileSizeLimitIsNotTheEndOfTheProcess) {
    const StopSignal catcher;
    std::raise(SIGXFSZ);
}

TEST(Activity, ShowsThePhaseItsStepsAndWhetherItWaits) {
    Activity activity;
    PhaseTimer timer("start-up", steady_seconds());
    timer.report_to(activity);
    const auto before = activity.snapshot().steps;
    {
        const PhaseScope phase(timer, "survey");
        EXPECT_EQ(activity.snapshot().phase, "survey");
        const Activity::Waiting outer(&activity);
        { const Activity::Waiting inner(&activity); }
        EXPECT_TRUE(activity.snapshot().waiting);
    }
    EXPECT_FALSE(activity.snapshot().waiting);
    EXPECT_EQ(activity.snapshot().phase, "start-up");
    EXPECT_GT(activity.snapshot().steps, before);
}

}  // namespace
}  // namespace semscope
