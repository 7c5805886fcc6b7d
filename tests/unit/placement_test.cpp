#include "semscope/network/device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace semscope::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Placement, RanksOfOneHostShareALineAndEachDeviceIsNamed) {
    const std::vector<Place> places{{"n1", "cuda:0", "", 8, 2},
                                    {"n1", "cuda:1", "", 8, 2},
                                    {"n2", "cuda:0", "", 8, 2},
                                    {"n2", "cuda:0", "", 8, 2},
                                    {"n3", "cpu", "", 4, 1}};
    EXPECT_THAT(describe_placement(places),
                ElementsAre("ranks 0-1 -> n1 -> cuda:0 cuda:1 (8 threads, 2 decode workers each)",
                            "ranks 2-3 -> n2 -> cuda:0 (8 threads, 2 decode workers each)",
                            "rank 4 -> n3 -> cpu (4 threads, 1 decode workers)"));
}

TEST(Placement, OneVisibleDeviceATaskIsToldApartByTheLaunchersVariable) {
    const std::vector<Place> places{{"n1", "cuda:0", "CUDA_VISIBLE_DEVICES=0", 8, 2},
                                    {"n1", "cuda:0", "CUDA_VISIBLE_DEVICES=1", 8, 2}};
    EXPECT_THAT(describe_placement(places),
                ElementsAre(HasSubstr("cuda:0[CUDA_VISIBLE_DEVICES=0] cuda:0[CUDA_VISIBLE_DEVICES=1]")));
}

}  // namespace
}  // namespace semscope::network
