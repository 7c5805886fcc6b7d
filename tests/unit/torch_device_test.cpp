// Compute threads of Torch.
#include "network/torch_device.hpp"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace semscope::network {
namespace {

std::set<std::string> threads_of_this_process() {
    std::set<std::string> numbers;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
        numbers.insert(entry.path().filename());
    return numbers;
}

TEST(ForEachAlone, GivesEachItemOneThreadAndLeavesTheCallerItsOwn) {
    for (const int threads : {1, 2, 3}) {
        prepare_cpu(threads);
        std::vector<std::atomic<int>> visits(20);
        for_each_alone(visits.size(), [&](std::size_t i) {
            ++visits[i];
            EXPECT_EQ(at::get_num_threads(), 1);
            EXPECT_TRUE(c10::InferenceMode::is_enabled());
        });
        EXPECT_THAT(visits, testing::Each(testing::Eq(1)));
        EXPECT_EQ(at::get_num_threads(), threads);
    }
}

TEST(ForEachAlone, MayBeNestedAndThrowsWhatAnItemThrew) {
    prepare_cpu(2);
    std::atomic<int> visits = 0;
    for_each_alone(3, [&](std::size_t) { for_each_alone(4, [&](std::size_t) { ++visits; }); });
    EXPECT_EQ(visits, 12);
    EXPECT_THROW(for_each_alone(3, [](std::size_t) { throw std::runtime_error("item"); }), std::runtime_error);
    EXPECT_EQ(at::get_num_threads(), 2);
}

// A transformer calls it for each of its products, which take less time than beginning and ending threads.
TEST(ForEachAlone, BeginsNoThreadsOnceItHasThem) {
    prepare_cpu(2);
    const at::Tensor a = at::ones({64, 64});
    const auto multiply = [&] { for_each_alone(8, [&](std::size_t) { at::mm(a, a); }); };
    std::atomic<int> begun = 0;
    for_each_alone(2, [&](std::size_t) {  // both workers
        ++begun;
        while (begun < 2) std::this_thread::yield();
    });
    multiply();
    const auto before = threads_of_this_process();
    for (int call = 0; call < 20; ++call) multiply();
    EXPECT_EQ(threads_of_this_process(), before);
}

}  // namespace
}  // namespace semscope::network
