// Faithfulness curves and interaction matrices as pictures.
#include "figure_support.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/colour_map.hpp"
#include "semscope/figures/curve_chart.hpp"
#include "semscope/figures/interaction_matrix.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace semscope::figures {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

CurveChart curves() {
    CurveChart chart;
    chart.title = "bedroom";
    chart.subtitle = "14 images";
    chart.series = {{"random",
                     {{0.9, 0.8, 1}, {0.5, 0.4, 0.6}, {0.1, 0, 0.2}},
                     {{0.1, 0, 0.2}, {0.5, 0.4, 0.6}, {0.9, 0.8, 1}},
                     {0.5, 0.45, 0.55},
                     {0.5, 0.45, 0.55}},
                    {"shapley",
                     {{0.9, 0.8, 1}, {0.1 / 3, 0, 0.3}, {0.1, 0, 0.2}},
                     {{0.1, 0, 0.2}, {0.8, 0.7, 0.9}, {0.9, 0.8, 1}},
                     {0.25, 0.2, 0.3},
                     {0.65, 0.6, 0.7}}};
    return chart;
}

TEST(CurveChart, CarriesItsNumbersExactlyAndListsTheBestOrderFirst) {
    const Xml svg = parse_xml(render(draw_curves(curves()), Format::svg));
    const auto lines = elements(svg, "g", "curve");
    ASSERT_EQ(lines.size(), 4U) << "two orders, deletion and insertion";
    EXPECT_EQ(attribute(lines[1], "data-order"), "shapley");
    EXPECT_EQ(attribute(lines[1], "data-curve"), "deletion");
    EXPECT_EQ(attribute(lines[1], "data-mean"), "0.9 " + exact(0.1 / 3) + " 0.1");
    EXPECT_EQ(attribute(lines[1], "data-high"), "1 0.3 0.2");
    EXPECT_EQ(attribute(lines[3], "data-curve"), "insertion");
    EXPECT_EQ(attribute(lines[2], "data-low"), "0 0.4 0.8");
    EXPECT_THAT(texts(elements(svg, "g", "areas").front()),
                ElementsAre("order of the classes", "area, deletion", "area, insertion", "by Shapley value",
                            "0.250 [0.200, 0.300]", "0.650 [0.600, 0.700]", "at random", "0.500 [0.450, 0.550]",
                            "0.500 [0.450, 0.550]"));
    std::size_t bands = 0;
    for (const Xml& polygon : elements(svg, "polygon")) bands += polygon.get("<xmlattr>.fill-opacity", 1.0) < 1 ? 1 : 0;
    EXPECT_EQ(bands, 4U);
}

TEST(CurveChart, AllPointsLieInTheirPlotsAndABandEnclosesItsLine) {
    const Xml svg = parse_xml(render(draw_curves(curves()), Format::svg));
    const auto points = [](const Xml& element) {
        std::vector<Point> found;
        std::istringstream list(attribute(element, "points"));
        for (std::string pair; list >> pair;) {
            const std::size_t comma = pair.find(',');
            found.push_back({std::stod(pair.substr(0, comma)), std::stod(pair.substr(comma + 1))});
        }
        return found;
    };
    const auto bands = elements(svg, "polygon");
    const auto lines = elements(svg, "polyline");
    ASSERT_EQ(lines.size(), 4U);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = points(lines[i]), band = points(bands[i]);
        ASSERT_EQ(band.size(), 2 * line.size());
        for (std::size_t k = 0; k < line.size(); ++k) {
            EXPECT_LE(band[k].y, line[k].y);
            EXPECT_GE(band[band.size() - 1 - k].y, line[k].y);
            EXPECT_EQ(band[k].x, line[k].x);
        }
    }
}

TEST(CurveChart, WhatCannotBeDrawnIsRefused) {
    EXPECT_THROW(draw_curves({}), InputError);
    CurveChart odd = curves();
    odd.series[1].insertion.pop_back();
    EXPECT_THROW(draw_curves(odd), InputError);
    CurveChart none = curves();
    none.series[0].deletion[1].low = not_a_number;
    EXPECT_THROW(draw_curves(none), InputError);
}

InteractionMatrix matrix() {
    InteractionMatrix matrix;
    matrix.title = "kitchen";
    matrix.names = {"bed", "stove", "a <car> & more", "wall"};
    matrix.cells = {{0, 1, 40, -0.6, -0.65, -0.5, 0.001},
                    {0, 2, 40, 0.1 / 3, -0.1, 0.1, 0.7},
                    {1, 3, 3, 0.3, 0.2, 0.4, 0.9},
                    {2, 3, 40, 0.3, 0.2, 0.4, 0.9}};
    return matrix;
}

TEST(InteractionMatrix, CarriesItsNumbersExactlyAndMarksWhatIsSure) {
    const Xml svg = parse_xml(render(draw_interactions(matrix()), Format::svg));
    const auto cells = elements(svg, "g", "interaction");
    ASSERT_EQ(cells.size(), 4U);
    EXPECT_EQ(attribute(cells[1], "data-second"), "a <car> & more");
    EXPECT_EQ(number(cells[1], "data-mean"), 0.1 / 3);
    EXPECT_EQ(attribute(cells[0], "data-images"), "40");
    EXPECT_EQ(number(cells[0], "data-q"), 0.001);
    const auto mark = [](const Xml& cell) {
        const auto circles = elements(cell, "circle");
        return circles.empty() ? "none" : attribute(circles.front(), "fill") == "none" ? "ring" : "dot";
    };
    EXPECT_STREQ(mark(cells[0]), "dot");
    EXPECT_STREQ(mark(cells[1]), "none");
    EXPECT_STREQ(mark(cells[2]), "none") << "three images are too few for a ring";
    EXPECT_STREQ(mark(cells[3]), "ring");
    const auto side = [](const Xml& cell) { return number(elements(cell, "rect").front(), "width"); };
    EXPECT_LT(side(cells[2]), side(cells[3]));
    const auto fill = [](const Xml& cell) { return attribute(elements(cell, "rect").front(), "fill"); };
    EXPECT_EQ(fill(cells[0]), hex(diverging()[0])) << "the ends are -0.6 and 0.6";
    EXPECT_EQ(fill(cells[3]), hex(diverging().colour_of(0.3, {-0.6, 0.6})));
    const auto crossed = elements(elements(svg, "g", "never-together").front(), "line");
    EXPECT_EQ(crossed.size(), 4U) << "two pairs never occur together";
    EXPECT_THAT(texts(svg), IsSupersetOf({"need each other", "stand in for each other", "kitchen"}));
}

TEST(InteractionMatrix, WhatCannotBeDrawnIsRefused) {
    InteractionMatrix empty = matrix();
    empty.cells.clear();
    EXPECT_THROW(draw_interactions(empty), InputError);
    InteractionMatrix odd = matrix();
    odd.cells[0].second = 4;
    EXPECT_THROW(draw_interactions(odd), InputError);
    InteractionMatrix none = matrix();
    none.cells[2].mean = not_a_number;
    EXPECT_THROW(draw_interactions(none), InputError);
}

}  // namespace
}  // namespace semscope::figures
