// How the forwards of a batch are divided among groups, and that the numbers do not depend on it.
#include "incremental/groups.hpp"
#include "incremental_fixture.hpp"

namespace semscope::incremental {
namespace {

/// Photos in slots 0, 1, ... with so many forwards each.
std::vector<Forward> photos_of(const std::vector<int>& sizes) {
    std::vector<Forward> forwards;
    for (std::size_t slot = 0; slot < sizes.size(); ++slot)
        for (int i = 0; i < sizes[slot]; ++i)
            forwards.push_back({static_cast<int>(slot), static_cast<std::uint16_t>(i)});
    return forwards;
}

std::vector<std::size_t> sizes_of(const std::vector<std::vector<Forward>>& groups) {
    std::vector<std::size_t> sizes;
    for (const auto& group : groups) sizes.push_back(group.size());
    return sizes;
}

TEST(IncrementalGroups, ABatchHoldsWholePhotosForAsManyGroupsAsRunAtOnce) {
    const auto queue = photos_of({10, 12, 9, 11, 10, 14});
    EXPECT_EQ(fill_groups(queue, {32, 1}), 31U);
    EXPECT_EQ(fill_groups(queue, {32, 2}), 52U) << "31 forwards and 21; 14 further ones are too many for 32";
    EXPECT_EQ(fill_groups(queue, {32, 3}), 66U);
    EXPECT_EQ(fill_groups(queue, {8, 2}), 10U) << "a photo that is too large for a group comes alone";
    EXPECT_EQ(fill_groups(photos_of({3, 10, 3}), {8, 2}), 3U);
    EXPECT_EQ(fill_groups(photos_of({30, 3}), {8, 2}), 15U) << "what two groups hold that both begin with the photo";
    EXPECT_EQ(fill_groups(std::span(queue).subspan(1, 9), {8, 1}), 7U) << "the photo was there before";
    EXPECT_EQ(fill_groups({}, {8, 2}), 0U);
}

TEST(IncrementalGroups, GroupsAreAboutTheSameSize) {
    EXPECT_EQ(sizes_of(divide(photos_of({10, 12, 9, 11, 10}), {32, 1})), (std::vector<std::size_t>{31, 21}));
    EXPECT_EQ(sizes_of(divide(photos_of({10, 12, 9, 11, 10}), {32, 2})), (std::vector<std::size_t>{22, 30}));
    EXPECT_EQ(sizes_of(divide(photos_of({10, 10}), {32, 2})), (std::vector<std::size_t>{10, 10}));
    EXPECT_EQ(sizes_of(divide(photos_of({10, 9, 10, 9, 10, 9}), {32, 3})), (std::vector<std::size_t>{19, 19, 19}));
    EXPECT_EQ(sizes_of(divide(photos_of({2, 2, 2}), {32, 4})), (std::vector<std::size_t>{6})) << "too few to share";
    EXPECT_TRUE(divide({}, {32, 2}).empty());
}

TEST(IncrementalGroups, TogetherTheyAreTheForwardsInTheirOrderWithEachPhotoFirst) {
    for (const std::size_t most : {2U, 5U, 8U, 32U})
        for (const std::size_t at_once : {1U, 2U, 5U}) {
            // The last one goes on with a photo that was there before.
            auto forwards = photos_of({7, 1, 30, 12});
            for (std::uint16_t i = 1; i < 20; ++i) forwards.push_back({1, i});
            std::size_t next = 0;
            for (const auto& group : divide(forwards, {most, at_once})) {
                EXPECT_LE(group.size(), most);
                ASSERT_FALSE(group.empty());
                for (std::size_t i = 0; i < group.size(); ++i) {
                    if (i == 0 || group[i].slot != group[i - 1].slot) {
                        EXPECT_TRUE(group[i].is_photo());
                        if (!forwards.at(next).is_photo()) continue;  // it was put in
                    }
                    EXPECT_EQ(group[i].slot, forwards.at(next).slot);
                    EXPECT_EQ(group[i].semantic, forwards.at(next).semantic);
                    ++next;
                }
            }
            EXPECT_EQ(next, forwards.size()) << most << " " << at_once;
        }
}

TEST_F(IncrementalTest, GroupsThatRunAtOnceGiveTheBitsOfOneAfterTheOther) {
    const std::string body = network_of(
        first_layer() + weights("v", 24, 20, 3, 3) + "h = torch.relu(torch.conv2d(h, v, None, [2, 2], [1, 1]))", 24);
    NetworkOptions network = options(body, 8);
    constexpr int photos = 7;
    Occluder one = make(network, {}, true, photos);
    EXPECT_EQ(one.full_batch(), 8U);
    const auto expected = run(one, all_forwards(photos));
    for (const int threads : {2, 3, 8}) {
        network.threads = threads;
        Occluder more = make(network, {}, true, photos);
        EXPECT_EQ(more.full_batch(), 8U * static_cast<std::size_t>(threads));
        EXPECT_EQ(more.next_batch(all_forwards(photos)), 6U * static_cast<std::size_t>(std::min(threads, photos)));
        EXPECT_EQ(run(more, all_forwards(photos)), expected) << threads << " threads";
        EXPECT_EQ(more.flops(), one.flops());
    }
}

}  // namespace
}  // namespace semscope::incremental
