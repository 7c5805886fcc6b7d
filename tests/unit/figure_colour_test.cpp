#include "semscope/core/errors.hpp"
#include "semscope/figures/colour.hpp"
#include "semscope/figures/colour_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace semscope::figures {
namespace {

using testing::HasSubstr;

TEST(Colour, OklabAndBackIsTheSame) {
    for (int i = 0; i < 256; i += 15) {
        const Rgb colour{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i),
                         static_cast<std::uint8_t>(i / 2)};
        EXPECT_EQ(from_oklab(to_oklab(colour)), colour);
    }
}

TEST(Colour, ContrastIsThatOfTheStandard) {
    EXPECT_NEAR(contrast(black, white), 21, 1e-9);
    EXPECT_NEAR(contrast({119, 119, 119}, white), 4.48, 0.005);  // the well-known grey that just fails
    EXPECT_GE(contrast(darken_for_white({255, 255, 0}, 4.5), white), 4.5);
    EXPECT_EQ(darken_for_white({10, 20, 30}, 4.5), (Rgb{10, 20, 30}));
}

TEST(ColourMap, PlasmaIsThatOfMatplotlib) {  // get_cmap("plasma", 255), rounded to eight bits
    EXPECT_EQ(hex(plasma()[0]), "#0d0887");
    EXPECT_EQ(hex(plasma()[1]), "#100788");
    EXPECT_EQ(hex(plasma()[127]), "#cc4778");
    EXPECT_EQ(hex(plasma()[254]), "#f0f921");
}

TEST(ColourMap, LevelsAreCountedAsDocumented) {
    const ValueRange range{-1, 1};
    EXPECT_EQ(ColourMap::level_of(-1, range), 0U);
    EXPECT_EQ(ColourMap::level_of(0, range), 127U);
    EXPECT_EQ(ColourMap::level_of(1, range), 254U);
    EXPECT_EQ(ColourMap::level_of(1 - 2.0 / 255 - 1e-9, range), 253U);
    EXPECT_EQ(ColourMap::level_of(-9, range), 0U);
    EXPECT_EQ(ColourMap::level_of(9, range), 254U);
    EXPECT_EQ(ColourMap::level_of(0.3, {0.3, 0.3}), 127U);
}

TEST(ColourMap, DivergingIsNeutralInTheMiddleAndRedForPositive) {
    EXPECT_EQ(diverging()[127], (Rgb{247, 247, 247}));
    EXPECT_GT(diverging()[254].red, diverging()[254].blue);
    EXPECT_LT(diverging()[0].red, diverging()[0].blue);
    EXPECT_EQ(symmetric({-0.1, 0.4}), (ValueRange{-0.4, 0.4}));
}

double minimum_distance(const Palette& palette, Rgb (Palette::*colour)(std::size_t) const) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t one = 1; one < palette.size(); ++one)
        for (std::size_t other = 1; other < one; ++other)
            least = std::min(least, distance(to_oklab((palette.*colour)(one)), to_oklab((palette.*colour)(other))));
    return least;
}

TEST(Palette, HasTheUsualColoursOfAde20k) {
    const Palette& palette = Palette::ade20k();
    ASSERT_EQ(palette.size(), 151U);
    EXPECT_EQ(palette.area(0), black);
    EXPECT_EQ(palette.area(1), (Rgb{120, 120, 120}));  // wall
    EXPECT_EQ(palette.area(8), (Rgb{204, 5, 255}));    // bed
    EXPECT_EQ(palette.area(150), (Rgb{92, 0, 255}));   // flag
    EXPECT_THROW(palette.area(151), InputError);
}

TEST(Palette, TextIsReadableOnWhiteAndTellsClassesApart) {
    for (const std::size_t classes : {2, 41, 151, 176}) {
        const Palette palette = Palette::for_classes(classes);
        for (std::size_t i = 1; i < classes; ++i) EXPECT_GE(contrast(palette.text(i), white), 4.5) << i;
        EXPECT_GT(minimum_distance(palette, &Palette::text), 0.04) << classes;
    }
}

TEST(Palette, GeneratedColoursAreFarApart) {
    EXPECT_GT(minimum_distance(Palette::generated(41), &Palette::area), 0.08);
    EXPECT_GT(minimum_distance(Palette::generated(176), &Palette::area), 0.04);
}

TEST(Palette, AColourDoesNotDependOnTheNumberOfClasses) {
    const Palette small = Palette::generated(20), large = Palette::generated(60);
    for (std::size_t i = 0; i < small.size(); ++i) {
        EXPECT_EQ(small.area(i), large.area(i));
        EXPECT_EQ(small.text(i), large.text(i));
    }
}

TEST(Palette, AWrongTableIsRefusedByLine) {
    const auto message = [](const char* table) {
        try {
            Palette::parse(table, "mine.txt");
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    EXPECT_THAT(message("# head\n1 2 3\n"), HasSubstr("mine.txt:2"));
    EXPECT_THAT(message("1 2 3 4 wall\n3 1 2 3 sky\n"), HasSubstr("class 2"));
    EXPECT_THAT(message("1 2 3 256\n"), HasSubstr("mine.txt:1"));
}

}  // namespace
}  // namespace semscope::figures
