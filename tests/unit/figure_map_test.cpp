#include "figure_support.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"
#include "semscope/figures/deviation_map.hpp"
#include "semscope/figures/image.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <limits>

namespace semscope::figures {
namespace {

data::LabelMap random_labels(std::size_t width, std::size_t height, std::uint32_t classes) {
    data::LabelMap labels{{static_cast<int>(width), static_cast<int>(height)}, {}};
    for (std::uint32_t i = 0; i < width * height; ++i)
        labels.labels.push_back(static_cast<std::uint16_t>(philox4x32({i, 0, 0, 0}, {1, 2})[0] % classes));
    return labels;
}

std::vector<float> random_deviations(std::uint32_t classes) {
    std::vector<float> deviations;
    for (std::uint32_t s = 0; s < classes; ++s)
        deviations.push_back(unit_float(philox4x32({s, 1, 0, 0}, {1, 2})[0]) - 0.3F);
    return deviations;
}

TEST(DeviationMap, HatchesWhatTheNetworkDidNotSeeAndLeavesItOutOfTheRange) {
    const data::LabelMap labels = random_labels(80, 40, 4);
    const std::vector<float> deviations{0, 0.25F, 9, -0.125F};
    const std::vector<bool> unseen{false, false, true, false};
    EXPECT_EQ(deviation_range(labels, deviations, unseen), (ValueRange{-0.125, 0.25}));
    const MapColours colours{plasma(), {-0.125, 0.25}};
    const data::Image all = deviation_map(labels, deviations, colours);
    const data::Image hatched = deviation_map(labels, deviations, colours, unseen);
    std::size_t stripes = 0, between = 0;
    for (std::size_t y = 0; y < labels.height(); ++y)
        for (std::size_t x = 0; x < labels.width(); ++x) {
            const Rgb colour = colour_at(hatched, x, y);
            if (labels.at(x, y) != 2) {
                ASSERT_EQ(colour, colour_at(all, x, y));
                continue;
            }
            ASSERT_TRUE(colour.red == colour.green && colour.green == colour.blue);
            (colour.red == 150 ? stripes : between) += 1;
        }
    EXPECT_GT(stripes, 0U);
    EXPECT_GT(between, stripes);
}

TEST(DeviationMap, HasExactlyThePlasmaColoursOfItsDeviations) {
    const data::LabelMap labels = random_labels(61, 47, 20);
    std::vector<float> deviations = random_deviations(20);
    const ValueRange own = deviation_range(labels, deviations);
    const data::Image map =
        decode_png(png_of(deviation_map(labels, deviations, map_colours(MapScale::image, own, {}))));
    ASSERT_EQ(map.width(), labels.width());
    ASSERT_EQ(map.height(), labels.height());
    deviations[0] = 0;  // unlabelled: whatever was given, nothing was inhibited
    const auto [low, high] = std::minmax_element(deviations.begin(), deviations.end());
    for (std::size_t y = 0; y < map.height(); ++y)
        for (std::size_t x = 0; x < map.width(); ++x) {
            const double share = (double{deviations[labels.at(x, y)]} - *low) / (double{*high} - *low);
            const auto level = std::min<std::size_t>(254, static_cast<std::size_t>(share * 255));
            ASSERT_EQ(colour_at(map, x, y), plasma()[level]) << x << "," << y;
        }
}

TEST(DeviationMap, UnlabelledPixelsCountInTheRange) {
    const data::LabelMap labels{{3, 1}, {0, 1, 2}};
    EXPECT_EQ(deviation_range(labels, std::vector<float>{9, 0.25F, 0.5F}), (ValueRange{0, 0.5}));
    EXPECT_EQ(deviation_range({2, 1, {1, 2}}, std::vector<float>{9, 0.25F, 0.5F}), (ValueRange{0.25, 0.5}));
}

TEST(DeviationMap, AbsentClassesDoNotMatter) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(deviation_range({1, 1, {1}}, std::vector<float>{0, 0.25F, nan, -1}), (ValueRange{0.25, 0.25}));
}

TEST(DeviationMap, ScalesDifferInRangeAndColours) {
    const ValueRange own{-0.1, 0.3}, scene{-0.5, 0.6};
    EXPECT_EQ(map_colours(MapScale::image, own, scene).range, own);
    EXPECT_EQ(map_colours(MapScale::scene, own, scene).range, scene);
    EXPECT_EQ(map_colours(MapScale::symmetric, own, scene).range, (ValueRange{-0.3, 0.3}));
    EXPECT_EQ(&map_colours(MapScale::symmetric, own, scene).colours, &diverging());
    const data::LabelMap labels{{2, 1}, {0, 1}};
    const std::vector<float> deviations{0, 0.3F};
    const data::Image map = deviation_map(labels, deviations, map_colours(MapScale::symmetric, {0, 0.3}, {}));
    EXPECT_EQ(colour_at(map, 0, 0), diverging()[127]);  // 0 is in the middle
}

TEST(DeviationMap, AMapWithoutDeviationsHasTheMiddleColour) {
    const data::LabelMap labels{{2, 1}, {0, 0}};
    const ValueRange own = deviation_range(labels, std::vector<float>{0});
    EXPECT_EQ(colour_at(deviation_map(labels, std::vector<float>{0}, map_colours(MapScale::image, own, {})), 0, 0),
              plasma()[127]);
}

TEST(DeviationMap, WrongInputIsRefused) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(deviation_range({1, 1, {2}}, std::vector<float>{0, 1}), InputError);
    EXPECT_THROW(deviation_range({1, 1, {1}}, std::vector<float>{0, nan}), InputError);
    EXPECT_THROW(deviation_range({2, 2, {1}}, std::vector<float>{0, 1}), InputError);
    EXPECT_THROW(deviation_range({0, 0, {}}, std::vector<float>{0, 1}), InputError);
}

TEST(Segmentation, HasTheColoursOfThePalette) {
    const data::LabelMap labels = random_labels(20, 10, 151);
    const data::Image image = segmentation(labels, Palette::ade20k());
    for (std::size_t y = 0; y < 10; ++y)
        for (std::size_t x = 0; x < 20; ++x) EXPECT_EQ(colour_at(image, x, y), Palette::ade20k().area(labels.at(x, y)));
}

}  // namespace
}  // namespace semscope::figures
