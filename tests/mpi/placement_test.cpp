#include "semscope/comm/agreement.hpp"
#include "semscope/network/device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace semscope::network {
namespace {

constexpr Device cpu{DeviceKind::cpu, 0};

TEST(OneKindOfDevice, IsWhatAllRanksHave) {
    const auto world = comm::Communicator::world();
    EXPECT_NO_THROW(require_one_kind(cpu, world));
    EXPECT_NO_THROW(require_one_kind({DeviceKind::cuda, world.rank() % 2}, world)) << "another GPU is of the same kind";
}

TEST(OneKindOfDevice, ARankWithoutAGpuBesideRanksWithOneEndsThemAll) {
    const auto world = comm::Communicator::world();
    if (world.size() == 1) GTEST_SKIP() << "one rank has no other kind beside it";
    const Device own = world.rank() + 1 == world.size() ? cpu : Device{DeviceKind::cuda, 0};
    try {
        require_one_kind(own, world);
        FAIL() << "no error";
    } catch (const comm::AgreedError& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::bad_input);
        EXPECT_THAT(error.what(), testing::HasSubstr("rank " + std::to_string(world.size() - 1)));
    }
}

}  // namespace
}  // namespace semscope::network
