

// What the drawing programs decide before they draw.
#include "postprocess/map_plan.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/postprocess/selection.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

namespace semscope::postprocess {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SplitList, WordsStandBetweenCommasWithoutBlanks) {
    EXPECT_THAT(split_list(""), IsEmpty());
    EXPECT_THAT(split_list(" a b ,c,, d"), ElementsAre("a b", "c", "d"));
    EXPECT_THAT(split_list(", ,"), IsEmpty());
}

TEST(FileNameOf, ScenesBecomeVisibleNamesOfOneFolder) {
    EXPECT_EQ(file_name_of("/a/apartment_building/outdoor"), "apartment_building-outdoor");
    EXPECT_EQ(file_name_of("../etc"), "_..-etc");
    EXPECT_EQ(file_name_of(".."), "_..");
}

TEST(SimilarNames, ContainedNamesComeBeforeMistypedOnes) {
    const std::vector<std::string> scenes{"kitchen", "bedroom", "bathroom", "hotel_room", "restaurant_kitchen"};
    EXPECT_THAT(similar_names("kitchen", scenes), ElementsAre("kitchen", "restaurant_kitchen"));
    EXPECT_THAT(similar_names("bedrom", scenes), ElementsAre("bedroom"));
    EXPECT_THAT(similar_names("bathrom", scenes), ElementsAre("bathroom"));
    EXPECT_THAT(similar_names("xyz", scenes), IsEmpty());
    EXPECT_EQ(suggest("kitchin", scenes), "; nearest: kitchen");
    EXPECT_EQ(suggest("", scenes), "");
}

/// Scenes 0 and 1; images 0-2 are predicted as 0 (the first wrongly), 3-4 as 1 (the last of unknown scene), 5 is not
/// done.
MapScan small_scan() { return {{1, 0, 0, 1, -1, 0}, {0, 0, 0, 1, 1, -1}, {{0, 1}, {0, 1}}}; }

TEST(PlanMaps, AnImageBelongsToItsPredictedSceneAndWhenRightToTheCorrectOnes) {
    EXPECT_THAT(plan_maps(small_scan(), {{0, 1}, {}, 0}),
                ElementsAre(MapJob{0, false, true}, MapJob{1, true, true}, MapJob{2, true, true}, MapJob{3, true, true},
                            MapJob{4, false, true}));
}

TEST(PlanMaps, TheLimitCountsEachSetOfEachSceneApart) {
    EXPECT_THAT(plan_maps(small_scan(), {{0, 1}, {}, 1}),
                ElementsAre(MapJob{0, false, true}, MapJob{1, true, false}, MapJob{3, true, true}));
}

TEST(PlanMaps, ScenesAndImagesSelectTogether) {
    EXPECT_THAT(plan_maps(small_scan(), {{1}, {}, 0}), ElementsAre(MapJob{3, true, true}, MapJob{4, false, true}));
    EXPECT_THAT(plan_maps(small_scan(), {{1}, std::vector<std::uint64_t>{0, 3, 5}, 0}),
                ElementsAre(MapJob{3, true, true}));
}

TEST(PlanMaps, ScenesWithoutMapsDoNotWidenTheCommonRange) {
    const MapScan scan{{0, 1}, {0, 1}, {{0.5, 1}, {0.25, 0.75}, {0, 0}}};
    EXPECT_EQ(range_of_scenes(scan, {0, 1, 2}), (figures::ValueRange{0.25, 1}));
    EXPECT_EQ(range_of_scenes(scan, {0}), (figures::ValueRange{0.5, 1}));
    EXPECT_EQ(range_of_scenes(scan, {2}), (figures::ValueRange{}));
}

TEST(SelectedRange, IsTwoNumbersThatGoWithTheScale) {
    cli::FigureSettings settings;
    EXPECT_FALSE(selected_range(settings));
    settings.range = " -0.1, 0.3 ";
    EXPECT_EQ(selected_range(settings), (figures::ValueRange{-0.1, 0.3}));
    settings.scale = MapScale::symmetric;
    EXPECT_THROW(selected_range(settings), UsageError);
    settings.range = "-0.3,0.3";
    EXPECT_EQ(selected_range(settings), (figures::ValueRange{-0.3, 0.3}));
    settings.scale = MapScale::scene;
    EXPECT_THROW(selected_range(settings), UsageError);
    settings.scale = MapScale::image;
    for (const char* text : {"1", "1,2,3", "2,1", "1,1", "a,b", "nan,1", "0,inf"}) {
        settings.range = text;
        EXPECT_THROW(selected_range(settings), UsageError) << text;
    }
}

TEST(SelectedPalette, IsThatOfTheFileOrTheUsualOne) {
    const testing_support::TemporaryFolder folder;
    cli::FigureSettings settings;
    EXPECT_EQ(selected_palette(settings, 151).area(1), figures::Palette::ade20k().area(1));
    settings.palette = folder.path() / "palette.txt";
    std::ofstream(settings.palette) << "# index r g b name\n1 10 20 30 wall\n\n2 40 50 60 bed, bunk\n";
    EXPECT_EQ(selected_palette(settings, 3).area(2), (figures::Rgb{40, 50, 60}));
    EXPECT_THROW(selected_palette(settings, 4), InputError);
    std::ofstream(settings.palette, std::ios::app) << "4 1 2 3 out of order\n";
    EXPECT_THAT(
        [&] { (void)selected_palette(settings, 3); },
        testing::ThrowsMessage<InputError>(testing::HasSubstr("palette.txt:5: expected the colour of class 3")));
}

TEST(DistractingValue, IsTheShareOfFlipsOrTheDepthOfTheMean) {
    const double none = std::numeric_limits<double>::quiet_NaN();
    EXPECT_DOUBLE_EQ(distracting_value(3, 12, 0.2, 0.01), 0.25);
    EXPECT_DOUBLE_EQ(distracting_value(3, 12, -0.5, 0.01), 0.5);
    EXPECT_DOUBLE_EQ(distracting_value(0, 0, none, 0.01), 0);
    EXPECT_DOUBLE_EQ(distracting_value(0, 5, -0.005, 0.01), 0);
}

}  // namespace
}  // namespace semscope::postprocess
