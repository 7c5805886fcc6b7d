#include "figure_support.hpp"
#include "figures/regions.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/deviation_map.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace semscope::figures {
namespace {

using testing::Contains;
using testing::Not;

const std::vector<std::string> names{"unlabelled", "wall", "windowpane, window", "chest of drawers", "rug"};

/// A wall with a round window, a narrow chest, a rug along the bottom and a far too small second window.
LabelImage room() {
    LabelImage labels{224, 200, std::vector<std::uint16_t>(224 * 200, 1)};
    for (std::size_t y = 0; y < 200; ++y)
        for (std::size_t x = 0; x < 224; ++x) {
            std::uint16_t& label = labels.pixels[y * 224 + x];
            if (std::hypot(x - 60.0, y - 60.0) < 40) label = 2;
            if (x > 150 && x < 170 && y > 40 && y < 140) label = 3;
            if (y > 150 + 0.1 * static_cast<double>(x)) label = 4;
            if (x > 200 && x < 208 && y > 10 && y < 14) label = 2;
            if (x < 3) label = 0;
        }
    return labels;
}

bool overlap(const Rect& one, const Rect& other) {
    return one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom();
}

TEST(RegionNames, LieInsideTheirRegionsAndApart) {
    for (const double scale : {0.5, 1.0, 1.3}) {
        const LabelImage labels = room();
        NameOptions options;
        options.scale = scale;
        const std::vector<RegionName> placed = place_names(labels, names, options);
        for (const RegionName& name : placed) {
            const TextExtents extents = measure(name.text, name.font);
            const Rect ink{name.baseline.x + extents.ink.x, name.baseline.y + extents.ink.y, extents.ink.width,
                           extents.ink.height};
            for (double y = ink.y - options.rim; y < ink.bottom() + options.rim; y += 0.25)
                for (double x = ink.x - options.rim; x < ink.right() + options.rim; x += 0.25)
                    ASSERT_EQ(labels.at(static_cast<std::size_t>(x / scale), static_cast<std::size_t>(y / scale)),
                              name.label)
                        << name.text << " at " << x << "," << y;
        }
        for (std::size_t i = 0; i < placed.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(placed[i].box, placed[j].box));
    }
}

TEST(RegionNames, AreWrittenWhereTheyFitAndShort) {
    std::vector<std::string> written;
    for (const RegionName& name : place_names(room(), names, {})) written.push_back(name.text);
    EXPECT_THAT(written, testing::UnorderedElementsAre("wall", "windowpane", "rug"));
}

TEST(RegionNames, AClassWithoutNameIsRefused) {
    EXPECT_THROW(place_names(room(), std::vector<std::string>{"unlabelled", "wall"}, {}), InputError);
}

Panel example_panel() {
    Panel panel;
    panel.image = "val/bedroom/one & two.jpg";
    panel.scene = "bedroom";
    panel.predicted = "hotel_room";
    panel.probability = 0.7314;
    panel.labels = room();
    panel.names = names;
    panel.deviations = {0, 0.25F, -0.125F, 0.5F, 0.0625F};
    return panel;
}

TEST(Panel, SaysWhatItShows) {
    const Xml svg = parse_xml(render(draw_panel(example_panel()), Format::svg));
    const std::vector<std::string> written = texts(svg);
    EXPECT_THAT(written, Contains("Scene: bedroom · Predicted: hotel_room, p = 0.731"));
    EXPECT_THAT(written, Contains("photo not found"));
    EXPECT_THAT(written, Contains("more relevant"));
    EXPECT_THAT(written, Contains("less relevant"));
    EXPECT_THAT(written, Contains("windowpane"));
    const Xml bar = elements(svg, "g", "colour-bar").at(0);
    EXPECT_EQ(number(bar, "data-low"), -0.125);
    EXPECT_EQ(number(bar, "data-high"), 0.5);
}

TEST(Panel, ShowsThePhotoWhenThereIsOne) {
    Panel panel = example_panel();
    panel.photo = RgbImage{50, 20, std::vector<std::uint8_t>(3000, 77)};  // of another shape: drawn inside
    const Xml svg = parse_xml(render(draw_panel(std::move(panel)), Format::svg));
    EXPECT_THAT(texts(svg), Not(Contains("photo not found")));
    const Xml image = elements(elements(svg, "g", "photo").at(0), "image").at(0);
    EXPECT_NEAR(number(image, "width") / number(image, "height"), 2.5, 1e-3);
}

TEST(Panel, ShowsEveryPixelOfTheMapInItsColour) {
    const Panel panel = example_panel();
    const LabelImage labels = panel.labels;
    const RgbImage map = deviation_map(labels, panel.deviations, {plasma(), {-0.125, 0.5}});
    const RgbImage drawn = decode_png(render(draw_panel(panel), Format::png));
    const auto has = [&](Rgb colour) {
        for (std::size_t y = 0; y < drawn.height; ++y)
            for (std::size_t x = drawn.width / 2; x < drawn.width; ++x)
                if (drawn.at(x, y) == colour) return true;
        return false;
    };
    for (const std::size_t x : {1, 10, 60, 160}) EXPECT_TRUE(has(map.at(x, 60)));
}

TEST(Panel, OfAnyShapeIsDrawn) {
    for (const auto& [width, height] : {std::pair<std::size_t, std::size_t>{900, 20}, {7, 500}, {1, 1}}) {
        Panel panel = example_panel();
        panel.labels = {width, height, std::vector<std::uint16_t>(width * height, 1)};
        const RgbImage drawn = decode_png(render(draw_panel(std::move(panel)), Format::png));
        EXPECT_GT(drawn.width, 100U);
        EXPECT_LT(drawn.width, 4000U);
    }
}

TEST(Panel, WhatDoesNotFitTogetherIsRefused) {
    Panel panel = example_panel();
    panel.deviations.pop_back();
    EXPECT_THROW(draw_panel(std::move(panel)), InputError);
}

}  // namespace
}  // namespace semscope::figures
