#include "figure_support.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/bar_chart.hpp"
#include "semscope/figures/box_plot.hpp"
#include "semscope/figures/dumbbell.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace semscope::figures {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Box box(std::size_t semantic, const std::string& name, double shift) {
    Box result;
    result.semantic = semantic;
    result.name = name;
    result.n = 17;
    result.present = 9;
    result.min = -0.2 / 3 + shift;
    result.q1 = -0.01 / 3 + shift;
    result.median = 0.1 / 3 + shift;
    result.q3 = 0.2 / 3 + shift;
    result.max = 0.9 / 3 + shift;
    result.whisker_low = -0.1 / 3 + shift;
    result.whisker_high = 0.5 / 3 + shift;
    result.mean = 0.14 / 3 + shift;
    result.ci_low = 0.11 / 3 + shift;
    result.ci_high = 0.17 / 3 + shift;
    result.fliers = {result.min, result.max};
    return result;
}

BoxPlot example() {
    BoxPlot plot;
    plot.scene = "bedroom";
    plot.images = 17;
    plot.boxes = {box(8, "bed", 0.1), box(11, "cabinet & co, cupboard", 0)};
    return plot;
}

TEST(BoxPlot, CarriesItsNumbersExactly) {
    const BoxPlot plot = example();
    const std::vector<Xml> groups = elements(parse_xml(render(draw_box_plot(plot), Format::svg)), "g", "box");
    ASSERT_EQ(groups.size(), plot.boxes.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Box& expected = plot.boxes[i];
        EXPECT_EQ(attribute(groups[i], "data-semantic"), std::to_string(expected.semantic));
        EXPECT_EQ(attribute(groups[i], "data-name"), expected.name);
        EXPECT_EQ(number(groups[i], "data-n"), static_cast<double>(expected.n));
        EXPECT_EQ(number(groups[i], "data-present"), static_cast<double>(expected.present));
        EXPECT_EQ(number(groups[i], "data-min"), expected.min);
        EXPECT_EQ(number(groups[i], "data-q1"), expected.q1);
        EXPECT_EQ(number(groups[i], "data-median"), expected.median);
        EXPECT_EQ(number(groups[i], "data-q3"), expected.q3);
        EXPECT_EQ(number(groups[i], "data-max"), expected.max);
        EXPECT_EQ(number(groups[i], "data-whisker-low"), expected.whisker_low);
        EXPECT_EQ(number(groups[i], "data-whisker-high"), expected.whisker_high);
        EXPECT_EQ(number(groups[i], "data-mean"), expected.mean);
        EXPECT_EQ(number(groups[i], "data-ci-low"), expected.ci_low);
        EXPECT_EQ(number(groups[i], "data-ci-high"), expected.ci_high);
        const std::vector<Xml> fliers = elements(groups[i], "g", "flier");
        ASSERT_EQ(fliers.size(), expected.fliers.size());
        EXPECT_EQ(number(fliers[1], "data-value"), expected.fliers[1]);
    }
}

/// Where the axis puts a value, from the axis' own numbers and its frame, the first rectangle without fill.
double y_of(const Xml& svg, double value) {
    const Xml axis = elements(svg, "g", "axis").at(0);
    const Xml frame = elements(axis, "rect").at(0);
    const double share = (value - number(axis, "data-low")) / (number(axis, "data-high") - number(axis, "data-low"));
    return number(frame, "y") + (1 - share) * number(frame, "height");
}

TEST(BoxPlot, DrawsTheBoxWhereItsNumbersAre) {
    const BoxPlot plot = example();
    const Xml svg = parse_xml(render(draw_box_plot(plot), Format::svg));
    const Xml group = elements(svg, "g", "box").at(0);
    const Xml rectangle = elements(group, "rect").at(0);
    EXPECT_NEAR(number(rectangle, "y"), y_of(svg, plot.boxes[0].q3), 0.002);
    EXPECT_NEAR(number(rectangle, "y") + number(rectangle, "height"), y_of(svg, plot.boxes[0].q1), 0.002);
    EXPECT_NEAR(number(elements(group, "circle").at(1), "cy"), y_of(svg, plot.boxes[0].max), 0.002);
}

std::string all_text(const Picture& picture) {
    std::string all;
    for (const std::string& text : texts(parse_xml(render(picture, Format::svg)))) all += text + " ";
    return all;
}

TEST(BoxPlot, MarksIntervalsOfFewImages) {
    BoxPlot plot = example();
    EXPECT_THAT(render(draw_box_plot(plot), Format::svg), Not(HasSubstr("\u2020")));
    plot.few_images = true;
    plot.images = 3;
    const std::string svg = render(draw_box_plot(plot), Format::svg);
    std::size_t daggers = 0;
    for (std::size_t at = svg.find("\u2020"); at != std::string::npos; at = svg.find("\u2020", at + 1)) ++daggers;
    EXPECT_EQ(daggers, plot.boxes.size() + 1) << "one a box, one in the caption";
}

TEST(BoxPlot, SaysWhatIsShown) {
    EXPECT_THAT(all_text(draw_box_plot(example())),
                AllOf(HasSubstr("bedroom"), HasSubstr("n = 17"), HasSubstr("95 % confidence"), HasSubstr("Whiskers"),
                      HasSubstr("cabinet & co"), Not(HasSubstr("cupboard")), Not(HasSubstr("beyond the axis"))));
}

TEST(BoxPlot, CommonRangeHoldsEverythingAndAZoomSaysWhatIsLeftOut) {
    BoxPlot plot = example();
    const ValueRange range = box_plot_range(plot.boxes);
    EXPECT_DOUBLE_EQ(range.low, plot.boxes[1].min);
    EXPECT_DOUBLE_EQ(range.high, plot.boxes[0].max);
    EXPECT_EQ(box_plot_range({}), (ValueRange{0, 0}));
    plot.range = ValueRange{-0.05, 0.2};
    EXPECT_THAT(all_text(draw_box_plot(plot)), HasSubstr("3 circles beyond the axis are not shown"));
}

TEST(BoxPlot, WithoutSpreadOrIntervalIsDrawn) {
    BoxPlot plot = example();
    plot.boxes = {Box{}};
    plot.boxes[0].name = "bed";
    plot.boxes[0].ci_low = plot.boxes[0].ci_high = not_a_number;
    const std::string svg = render(draw_box_plot(plot), Format::svg);
    EXPECT_THAT(elements(parse_xml(svg), "g", "box"), testing::SizeIs(1));
    for (const char* attribute_name : {"x", "y", "width", "height", "x1", "y1"})
        EXPECT_THAT(svg, Not(HasSubstr(std::string(attribute_name) + "=\"nan\"")));
}

TEST(BoxPlot, WrongInputIsRefused) {
    BoxPlot plot = example();
    plot.boxes[0].q1 = not_a_number;
    EXPECT_THROW(draw_box_plot(plot), InputError);
    plot.boxes.clear();
    EXPECT_THROW(draw_box_plot(plot), InputError);
}

TEST(BarChart, TakesTheClassesAboveTheThreshold) {
    const std::vector<std::string> names{"unlabelled", "wall", "floor", "sky", "bed"};
    const std::vector<double> truth{0.5, 0.3, 0.01, 0, not_a_number}, predicted{0.5, 0.2, 0.005, 0.02, not_a_number};
    const std::vector<Share> shares = shares_above(truth, predicted, names);
    ASSERT_EQ(shares.size(), 2U);
    EXPECT_EQ(shares[0].name, "wall");
    EXPECT_EQ(shares[1].semantic, 3U);
    EXPECT_THROW(shares_above(truth, predicted, std::vector<std::string>{"a"}), InputError);
}

TEST(BarChart, CarriesItsNumbersAndLegend) {
    BarChart chart;
    chart.scene = "bedroom";
    chart.truth_images = 20;
    chart.predicted_images = 0;
    chart.shares = {{1, "wall", 1.0 / 3, not_a_number}, {4, "bed", 0.25, not_a_number}};
    const Picture picture = draw_bar_chart(chart);
    const Xml svg = parse_xml(render(picture, Format::svg));
    const std::vector<Xml> groups = elements(svg, "g", "share");
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(number(groups[0], "data-truth"), 1.0 / 3);
    EXPECT_EQ(attribute(groups[0], "data-predicted"), "nan");
    const std::vector<Xml> bars = elements(groups[0], "rect");
    ASSERT_EQ(bars.size(), 1U);  // nothing is known of the other
    EXPECT_NEAR(number(bars[0], "y"), y_of(svg, 100.0 / 3), 0.002);
    EXPECT_THAT(texts(svg), AllOf(Contains("true scene (20)"), Contains("predicted scene (0)")));
    chart.shares.clear();
    EXPECT_THROW(draw_bar_chart(chart), InputError);
}

DumbbellChart dumbbells() {
    DumbbellChart chart;
    chart.title = "kitchen";
    chart.subtitle = "n = 3";
    chart.first = "mean";
    chart.second = "blur";
    chart.caption = "a caption";
    chart.dumbbells = {{5, "stove & oven", 0.1 / 3, -0.2 / 3, -0.15, -0.05, 0.01},
                       {8, "bed", 0.02, 0.03, not_a_number, not_a_number, not_a_number}};
    return chart;
}

TEST(Dumbbells, CarryTheirNumbersExactlyAndNameBothSides) {
    const DumbbellChart chart = dumbbells();
    const std::string svg = render(draw_dumbbells(chart), Format::svg);
    const std::vector<Xml> groups = elements(parse_xml(svg), "g", "dumbbell");
    ASSERT_EQ(groups.size(), 2U);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Dumbbell& expected = chart.dumbbells[i];
        EXPECT_EQ(attribute(groups[i], "data-semantic"), std::to_string(expected.semantic));
        EXPECT_EQ(attribute(groups[i], "data-name"), expected.name);
        EXPECT_EQ(number(groups[i], "data-first"), expected.first);
        EXPECT_EQ(number(groups[i], "data-second"), expected.second);
    }
    EXPECT_EQ(number(groups[0], "data-ci-low"), -0.15);
    EXPECT_EQ(number(groups[0], "data-q"), 0.01);
    EXPECT_THAT(svg, AllOf(HasSubstr(">mean<"), HasSubstr(">blur<"), HasSubstr("kitchen")));
    EXPECT_THAT(svg, HasSubstr("bed: 0.0200 and 0.0300, difference 0.0100<"))
        << "without an interval that is not known";
}

TEST(Dumbbells, TheSecondMarkIsFilledWhereTheDifferenceIsSignificant) {
    const auto fills = [](double q) {
        DumbbellChart chart = dumbbells();
        chart.dumbbells.resize(1);
        chart.dumbbells[0].q_value = q;
        const std::string svg = render(draw_dumbbells(chart), Format::svg);
        const std::string group = svg.substr(svg.find("class=\"dumbbell\""));
        std::size_t count = 0;
        for (std::size_t at = 0; (at = group.find("fill=\"#ffffff\"", at)) != std::string::npos; ++at) ++count;
        return count;
    };
    EXPECT_EQ(fills(0.2), fills(0.01) + 1);
    EXPECT_EQ(fills(not_a_number), fills(0.01) + 1);
}

TEST(Dumbbells, RefuseWhatCannotBeDrawn) {
    DumbbellChart chart = dumbbells();
    chart.dumbbells[1].first = not_a_number;
    EXPECT_THROW((void)draw_dumbbells(chart), InputError);
    chart.dumbbells.clear();
    EXPECT_THROW((void)draw_dumbbells(chart), InputError);
}

}  // namespace
}  // namespace semscope::figures
