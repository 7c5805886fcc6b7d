

// Records reach the owner of their scene, whole and in order.
#include "statistics/reduction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace semscope::statistics {
namespace {

constexpr std::uint64_t scenes = 7;

/// A report whose numbers can be told from the sender, the scene and the number of classes.
ImageReport report(int sender, std::uint32_t scene, std::uint32_t classes) {
    ImageReport result{{.image = static_cast<std::uint32_t>(sender), .scene = scene, .classes = classes}, {}};
    for (std::uint32_t s = 0; s < classes; ++s)
        result.classes.push_back({.pixels = 1000 * scene + s, .semantic = static_cast<std::uint16_t>(s + 1)});
    return result;
}

TEST(RecordRouter, EverySceneHasOneOwnerAndTheOwnerKnows) {
    const auto world = comm::Communicator::world();
    const RecordRouter router(world, scenes);
    std::uint64_t own = 0;
    for (std::uint32_t scene = 0; scene < scenes; ++scene) {
        const comm::Range range = router.own_scenes();
        const bool mine = scene >= range.begin && scene < range.end;
        EXPECT_EQ(router.owner(scene) == world.rank(), mine);
        if (mine) ++own;
    }
    EXPECT_EQ(world.sum(own), scenes);
}

TEST(RecordRouter, DeliversEachRecordWithItsClassesToItsOwnerOnce) {
    const auto world = comm::Communicator::world();
    RecordRouter router(world, scenes);
    for (int round = 0; round < 3; ++round) {
        // Rank r posts to every scene r + scene classes; in the last round nothing but rank 0.
        const bool silent = round == 2 && !world.is_root();
        for (std::uint32_t scene = 0; scene < scenes && !silent; ++scene) {
            const auto sent = report(world.rank(), scene, static_cast<std::uint32_t>(world.rank()) + scene);
            router.post(sent.image, sent.classes);
        }
        std::uint64_t arrived = 0;
        std::uint32_t last_sender = 0;
        router.exchange([&](const ImageRecord& image, std::span<const ClassRecord> classes) {
            ++arrived;
            EXPECT_EQ(router.owner(image.scene), world.rank());
            EXPECT_GE(image.image, last_sender) << "not in rank order";
            last_sender = image.image;
            ASSERT_EQ(classes.size(), image.image + image.scene);
            for (std::uint32_t s = 0; s < classes.size(); ++s) {
                EXPECT_EQ(classes[s].pixels, 1000 * image.scene + s);
                EXPECT_EQ(classes[s].semantic, s + 1);
            }
        });
        const std::uint64_t senders = round == 2 ? 1 : static_cast<std::uint64_t>(world.size());
        EXPECT_EQ(arrived, router.own_scenes().size() * senders);
    }
}

TEST(RecordRouter, AnExchangeOfNothingIsFine) {
    const auto world = comm::Communicator::world();
    RecordRouter router(world, 0);
    router.exchange([](const ImageRecord&, std::span<const ClassRecord>) { FAIL() << "nothing was posted"; });
}

}  // namespace
}  // namespace semscope::statistics
