#include "figure_support.hpp"
#include "figures/regions.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/panel.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include <algorithm>
#include <cmath>

namespace semscope::figures {
namespace {

using testing::Contains;
using testing::Not;

const std::vector<std::string> class_names{"unlabelled", "wall", "windowpane, window", "chest of drawers", "rug"};

/// A wall with a round window, a narrow chest, a rug along the bottom and a far too small second window.
data::LabelMap room() {
    data::LabelMap labels{{224, 200}, std::vector<std::uint16_t>(224 * 200, 1)};
    for (std::size_t y = 0; y < 200; ++y)
        for (std::size_t x = 0; x < 224; ++x) {
            std::uint16_t& label = labels.labels[y * 224 + x];
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
        const data::LabelMap labels = room();
        NameOptions options;
        options.scale = scale;
        const std::vector<RegionName> placed = place_names(labels, class_names, options);
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
    for (const RegionName& name : place_names(room(), class_names, {})) written.push_back(name.text);
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
    panel.names = class_names;
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
    panel.photo = data::Image{{50, 20}, 3, std::vector<std::uint8_t>(3000, 77)};  // of another shape: drawn inside
    const Xml svg = parse_xml(render(draw_panel(std::move(panel)), Format::svg));
    EXPECT_THAT(texts(svg), Not(Contains("photo not found")));
    const Xml image = elements(elements(svg, "g", "photo").at(0), "image").at(0);
    EXPECT_NEAR(number(image, "width") / number(image, "height"), 2.5, 1e-3);
}

TEST(Panel, ShowsEveryPixelOfTheMapInItsColour) {
    const Panel panel = example_panel();
    const data::LabelMap labels = panel.labels;
    const data::Image map = deviation_map(labels, panel.deviations, {plasma(), {-0.125, 0.5}});
    const data::Image drawn = decode_png(render(draw_panel(panel), Format::png));
    const auto has = [&](Rgb colour) {
        for (std::size_t y = 0; y < drawn.height(); ++y)
            for (std::size_t x = drawn.width() / 2; x < drawn.width(); ++x)
                if (colour_at(drawn, x, y) == colour) return true;
        return false;
    };
    for (const std::size_t x : {1, 10, 60, 160}) EXPECT_TRUE(has(colour_at(map, x, 60)));
}

TEST(Panel, OfAnyShapeIsDrawn) {
    for (const data::ImageSize size : {data::ImageSize{900, 20}, {7, 500}, {1, 1}}) {
        Panel panel = example_panel();
        panel.labels = {size, std::vector<std::uint16_t>(static_cast<std::size_t>(size.width * size.height), 1)};
        const data::Image drawn = decode_png(render(draw_panel(std::move(panel)), Format::png));
        EXPECT_GT(drawn.width(), 100U);
        EXPECT_LT(drawn.width(), 4000U);
    }
}

TEST(Panel, NumbersWhatHasNoNameInItsLegend) {
    Panel panel = example_panel();
    EXPECT_TRUE(elements(parse_xml(render(draw_panel(panel), Format::svg)), "g", "legend").empty());
    panel.legend = true;
    panel.unseen = {false, false, true, false, false};
    panel.photo = data::Image{{16, 12}, 3, std::vector<std::uint8_t>(3 * 16 * 12, 77)};
    panel.seen = Rect{0.25, 0, 0.5, 1};
    const Xml svg = parse_xml(render(draw_panel(panel), Format::svg));
    std::vector<std::string> unnamed;
    const auto named = place_names(panel.labels, class_names, {});
    for (const std::uint16_t label : unnamed_classes(panel.labels, named))
        unnamed.push_back(short_name(class_names[label]));
    ASSERT_FALSE(unnamed.empty());
    const std::vector<std::string> legend = texts(elements(svg, "g", "legend").at(0));
    for (std::size_t i = 0; i < unnamed.size(); ++i)
        EXPECT_THAT(legend, Contains(std::to_string(i + 1) + "  " + unnamed[i]));
    EXPECT_THAT(legend, Contains("not seen by the network"));
    EXPECT_THAT(legend, Contains("what the network saw"));
    // Every class has its name in the picture or in the legend.
    std::vector<std::string> written = texts(svg);
    for (const std::uint16_t label : std::set<std::uint16_t>(panel.labels.labels.begin(), panel.labels.labels.end())) {
        if (label == 0) continue;
        ASSERT_TRUE(std::any_of(written.begin(), written.end(), [&](const std::string& text) {
            return text.ends_with(short_name(class_names[label]));
        })) << class_names[label];
    }
}

TEST(Panel, FixedRangesAndWidthsAreKept) {
    Panel panel = example_panel();
    panel.range = ValueRange{-1, 2};
    panel.width = 400;
    const Xml svg = parse_xml(render(draw_panel(std::move(panel)), Format::svg));
    const Xml bar = elements(svg, "g", "colour-bar").at(0);
    EXPECT_EQ(number(bar, "data-low"), -1);
    EXPECT_EQ(number(bar, "data-high"), 2);
    EXPECT_NEAR(number(elements(elements(svg, "g", "deviation-map").at(0), "image").at(0), "width"), 400, 1e-3);
}

TEST(Sheet, HasARowForEachPanelAndOneColourBar) {
    Sheet sheet;
    sheet.rows = {example_panel(), example_panel()};
    sheet.rows[1].deviations[1] = 0.75F;
    sheet.rows[1].predicted = "office";
    const Xml svg = parse_xml(render(draw_sheet(sheet, Palette::for_classes(class_names.size())), Format::svg));
    EXPECT_EQ(elements(svg, "g", "row").size(), 2U);
    ASSERT_EQ(elements(svg, "g", "colour-bar").size(), 1U);
    EXPECT_EQ(number(elements(svg, "g", "colour-bar").at(0), "data-low"), -0.125);
    EXPECT_EQ(number(elements(svg, "g", "colour-bar").at(0), "data-high"), 0.75);
    EXPECT_THAT(texts(svg), Contains("Scene: bedroom · Predicted: office, p = 0.731"));
    sheet.rows.clear();
    EXPECT_THROW(draw_sheet(sheet, Palette::for_classes(class_names.size())), InputError);
}

TEST(Panel, WhatDoesNotFitTogetherIsRefused) {
    Panel panel = example_panel();
    panel.deviations.pop_back();
    EXPECT_THROW(draw_panel(std::move(panel)), InputError);
}

}  // namespace
}  // namespace semscope::figures
