#include "semscope/demo/dataset.hpp"
#include "semscope/demo/picture.hpp"
#include "semscope/demo/semantics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace semscope::demo {
namespace {

constexpr std::size_t pixels = static_cast<std::size_t>(picture_size) * picture_size;

bool contains(const Picture& picture, Semantic semantic) {
    return std::find(picture.labels.begin(), picture.labels.end(), static_cast<std::uint8_t>(semantic)) !=
           picture.labels.end();
}

TEST(DemoRandomStream, KeepsToItsRangesAndIsApartFromOtherStreams) {
    RandomStream a(7, Purpose::validation, 1, 2), same(7, Purpose::validation, 1, 2), other(7, Purpose::training, 1, 2);
    int different = 0;
    std::set<int> seen;
    for (int i = 0; i < 300; ++i) {
        const int value = a.integer(-1, 2);
        EXPECT_EQ(value, same.integer(-1, 2));
        different += value != other.integer(-1, 2) ? 1 : 0;
        seen.insert(value);
    }
    EXPECT_GT(different, 100);
    EXPECT_THAT(seen, testing::ElementsAre(-1, 0, 1, 2));
}

TEST(DemoSemantics, AreThe150ClassesOfAde20k) {
    EXPECT_EQ(ade20k_names.size(), 150U);
    EXPECT_EQ(ade20k_names.front(), "wall");
    EXPECT_EQ(ade20k_names.back(), "flag");
    EXPECT_EQ(std::set<std::string_view>(ade20k_names.begin(), ade20k_names.end()).size(), 150U);
    EXPECT_EQ(name_of(Semantic::bed), "bed");
    EXPECT_EQ(name_of(Semantic::refrigerator), "refrigerator");
    EXPECT_EQ(name_of(Semantic::streetlight), "streetlight");
    EXPECT_EQ(name_of(Semantic::clock), "clock");
    EXPECT_THAT(object_info_text(), testing::StartsWith("Idx\tName\n1\twall\n2\tbuilding\n"));
}

TEST(DemoScenes, AreListedAsInPlaces365) {
    EXPECT_THAT(categories_text(), testing::StartsWith("/b/bathroom 0\n/b/bedroom 1\n/c/coast 2\n"));
}

TEST(DemoPicture, IsTheSameForTheSameSeedOnly) {
    const PictureRequest request{5, Purpose::validation, Scene::street, 2};
    const Picture first = draw_picture(request), again = draw_picture(request);
    EXPECT_EQ(first.rgb, again.rgb);
    EXPECT_EQ(first.labels, again.labels);
    const Picture other = draw_picture({6, Purpose::validation, Scene::street, 2});
    EXPECT_NE(first.labels, other.labels);
}

TEST(DemoPicture, DoesNotDependOnTheNumberOfThreads) {
    const auto requests = requests_for(3, Purpose::training, 2);
    const auto one = draw_pictures(requests, 1), three = draw_pictures(requests, 3);
    ASSERT_EQ(one.size(), requests.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].rgb, three[i].rgb);
        EXPECT_EQ(one[i].labels, three[i].labels);
    }
}

TEST(DemoPicture, ShowsWhatItsContentsSayAndOnlyKnownClasses) {
    std::set<std::uint8_t> all;
    for (const PictureRequest& request : requests_for(1, Purpose::validation, 6)) {
        const Picture picture = draw_picture(request);
        ASSERT_EQ(picture.rgb.size(), 3 * pixels);
        ASSERT_EQ(picture.labels.size(), pixels);
        all.insert(picture.labels.begin(), picture.labels.end());
        const Contents contents = contents_of(request);
        ASSERT_FALSE(contents.deciding.empty());
        for (const Semantic semantic : contents.deciding) EXPECT_TRUE(contains(picture, semantic)) << name_of(semantic);
        for (const Scene scene : all_scenes)
            for (const Semantic semantic : facts_of(scene).deciding) {
                const bool planted = contents.distractor && semantic == planted_distractor.semantic;
                const bool drawn = std::count(contents.deciding.begin(), contents.deciding.end(), semantic) > 0;
                EXPECT_EQ(contains(picture, semantic), drawn || planted) << name_of(semantic);
            }
        EXPECT_EQ(contains(picture, planted_bias.semantic), contents.bias);
    }
    EXPECT_LE(*all.rbegin(), 150);
    EXPECT_GE(all.size(), 30U);
}

TEST(DemoPicture, HasThePhotoWhereTheLabelsAre) {
    // Inside one class neighbours are alike; across the border of sky and ground they differ.
    const Picture picture = draw_picture({1, Purpose::validation, Scene::field, 0});
    double inside = 0.0, across = 0.0;
    int inside_count = 0, across_count = 0;
    for (int y = 2; y < picture_size - 2; ++y)
        for (int x = 0; x < picture_size; ++x) {
            const std::size_t above = static_cast<std::size_t>(y - 2) * picture_size + x,
                              below = above + 4 * picture_size;
            const double step = std::abs(picture.rgb[3 * above + 2] - picture.rgb[3 * below + 2]);
            const bool border = picture.labels[above] != picture.labels[below];
            (border ? across : inside) += step;
            (border ? across_count : inside_count) += 1;
        }
    ASSERT_GT(across_count, 0);
    EXPECT_GT(across / across_count, 2.0 * inside / inside_count);
}

TEST(DemoContents, HoldThePlantedShares) {
    int bias_in = 0, bias_out = 0, distractors = 0, elsewhere = 0;
    for (const PictureRequest& request : requests_for(1, Purpose::validation, 30)) {
        const Contents contents = contents_of(request);
        if (contents.bias) ++(request.scene == planted_bias.scene ? bias_in : bias_out);
        if (contents.distractor) ++(request.scene == planted_distractor.scene ? distractors : elsewhere);
    }
    EXPECT_EQ(bias_in, 27);  // of 30 offices
    EXPECT_EQ(bias_out, 6);  // of 90 other rooms
    EXPECT_EQ(distractors, 10);
    EXPECT_EQ(elsewhere, 0);
}

TEST(DemoContents, OfTrainingHaveNoDistractorAndSometimesNothingThatDecides) {
    int bare = 0;
    for (const PictureRequest& request : requests_for(1, Purpose::training, 24)) {
        const Contents contents = contents_of(request);
        EXPECT_FALSE(contents.distractor);
        bare += contents.deciding.empty() ? 1 : 0;
    }
    EXPECT_EQ(bare, 6 * scene_count);
}

}  // namespace
}  // namespace semscope::demo
