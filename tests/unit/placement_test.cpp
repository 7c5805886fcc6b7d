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

/// The cores `first` to `last`.
cpu_set_t cores(std::size_t first, std::size_t last) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (std::size_t core = first; core <= last; ++core) CPU_SET(core, &set);
    return set;
}

TEST(RemarkOnBlas, NamesTheKernelsOfAnOlderProcessorAndTheRemedy) {
    const auto remark = remark_on_blas("CPU capability AVX512; BLAS kernels Prescott; oneDNN ISA 0xe7", true);
    ASSERT_TRUE(remark);
    EXPECT_NE(remark->find("for Prescott,"), std::string::npos) << *remark;
    EXPECT_NE(remark->find("OPENBLAS_CORETYPE=SkylakeX"), std::string::npos) << *remark;
    const auto on_avx2 = remark_on_blas("CPU capability AVX2; BLAS kernels Core2", false);
    ASSERT_TRUE(on_avx2);
    EXPECT_NE(on_avx2->find("OPENBLAS_CORETYPE=Haswell"), std::string::npos) << *on_avx2;
    for (const char* good :
         {"CPU capability AVX512; BLAS kernels SkylakeX; oneDNN ISA 0xe7", "CPU capability AVX2; BLAS kernels haswell",
          "CPU capability DEFAULT; BLAS kernels Prescott", "CPU capability AVX512; oneDNN ISA 0xe7"})
        EXPECT_FALSE(remark_on_blas(good, true)) << good;
}

TEST(ShareOfCores, RanksThatAreNotBoundDivideWhatTheyAllMayUse) {
    const std::vector<cpu_set_t> part_of_a_node(4, cores(8, 15));
    EXPECT_EQ(share_of_cores(part_of_a_node[0], part_of_a_node), 2);
    const std::vector<cpu_set_t> more_than_cores(4, cores(0, 1));
    EXPECT_EQ(share_of_cores(more_than_cores[3], more_than_cores), 1);
}

TEST(ShareOfCores, ABoundRankHasItsOwn) {
    const std::vector<cpu_set_t> bound{cores(0, 2), cores(3, 5), cores(6, 11)};
    EXPECT_EQ(share_of_cores(bound[0], bound), 3);
    EXPECT_EQ(share_of_cores(bound[2], bound), 6);
}

TEST(ShareOfCores, RanksThatAreBoundTogetherDivideTheirs) {
    const std::vector<cpu_set_t> by_socket{cores(0, 7), cores(0, 7), cores(8, 15)};
    EXPECT_EQ(share_of_cores(by_socket[0], by_socket), 4);
    EXPECT_EQ(share_of_cores(by_socket[2], by_socket), 8);
}

}  // namespace
}  // namespace semscope::network
