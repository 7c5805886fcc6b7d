#include "semscope/core/parallel.hpp"

#include "semscope/core/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace semscope {
namespace {

TEST(ParallelFor, VisitsEveryItemOnce) {
    for (const int threads : {1, 2, 3, 7})
        for (const std::size_t count : {0, 1, 2, 3, 63, 64, 65, 1000})
            for (const std::size_t grain : {0, 1, 10, 64}) {
                std::vector<std::atomic<int>> visits(count);
                parallel_for(count, grain, threads, [&](std::size_t begin, std::size_t end) {
                    for (std::size_t i = begin; i < end; ++i) ++visits[i];
                });
                EXPECT_THAT(visits, testing::Each(testing::Eq(1))) << threads << " " << count << " " << grain;
            }
}

// Each item waits until all have begun: a loop that runs in turn would wait for ever.
TEST(ParallelFor, RunsAsManyThreadsAtOnceAsAreAskedForWhateverTheNumberOfCores) {
    for (const int threads : {2, 4, 8, 3}) {
        std::atomic<int> begun = 0;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        parallel_for_each(static_cast<std::size_t>(threads), threads, [&](std::size_t) {
            ++begun;
            while (begun < threads && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
            EXPECT_EQ(begun, threads);
        });
    }
}

TEST(ParallelFor, UsesNoOtherThreadForOneThreadOrOnePart) {
    const auto threads_of = [](std::size_t count, std::size_t grain, int threads) {
        std::set<std::thread::id> seen;
        parallel_for(count, grain, threads, [&](std::size_t, std::size_t) { seen.insert(std::this_thread::get_id()); });
        return seen;
    };
    EXPECT_EQ(threads_of(100, 1, 1), std::set{std::this_thread::get_id()});
    EXPECT_EQ(threads_of(100, 100, 4), std::set{std::this_thread::get_id()});
}

TEST(ParallelFor, ThrowsWhatAnItemThrew) {
    for (const int threads : {1, 3})
        EXPECT_THROW(parallel_for_each(100, threads,
                                       [](std::size_t i) {
                                           if (i == 57) throw InputError("item 57");
                                       }),
                     InputError)
            << threads;
}

TEST(ParallelFor, MayBeCalledByItsOwnItemsAndByOtherThreads) {
    std::atomic<int> visits = 0;
    const auto nested = [&] {
        parallel_for_each(10, 3, [&](std::size_t) { parallel_for_each(10, 2, [&](std::size_t) { ++visits; }); });
    };
    std::thread other(nested);
    nested();
    other.join();
    EXPECT_EQ(visits, 200);
}

TEST(ForEachOnWorkers, VisitsEveryItemOnceAndNeverInTheCaller) {
    for (const int threads : {1, 2, 5})
        for (const std::size_t count : {0, 1, 2, 100}) {
            std::vector<std::atomic<int>> visits(count);
            for_each_on_workers(count, threads, [&, caller = std::this_thread::get_id()](std::size_t i) {
                ++visits[i];
                EXPECT_NE(std::this_thread::get_id(), caller);
            });
            EXPECT_THAT(visits, testing::Each(testing::Eq(1))) << threads << " " << count;
        }
}

TEST(ForEachOnWorkers, RunsAsManyAtOnceAsAreAskedFor) {
    for (const int threads : {2, 5, 3}) {
        std::atomic<int> begun = 0;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for_each_on_workers(static_cast<std::size_t>(threads), threads, [&](std::size_t) {
            ++begun;
            while (begun < threads && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
            EXPECT_EQ(begun, threads);
        });
    }
}

TEST(ForEachOnWorkers, ThrowsWhatAnItemThrewAndWorksOn) {
    const auto fails = [](std::size_t i) {
        if (i == 57) throw InputError("item 57");
    };
    EXPECT_THROW(for_each_on_workers(100, 3, fails), InputError);
    std::atomic<int> visits = 0;
    for_each_on_workers(10, 3, [&](std::size_t) { ++visits; });
    EXPECT_EQ(visits, 10);
}

TEST(ParallelFor, AThreadThatWaitsInAnInnerLoopBeginsNoOtherPartOfTheOuterOne) {
    static thread_local int depth = 0;
    std::atomic<int> deepest = 0, sum = 0;
    parallel_for_each(64, 4, [&](std::size_t) {
        ++depth;
        parallel_for_each(16, 4, [&](std::size_t i) {
            std::this_thread::sleep_for(std::chrono::microseconds(20));
            sum += static_cast<int>(i);
        });
        for (int seen = deepest; depth > seen && !deepest.compare_exchange_weak(seen, depth);) {
        }
        --depth;
    });
    EXPECT_EQ(deepest, 1);
    EXPECT_EQ(sum, 64 * 120);
}

}  // namespace
}  // namespace semscope
