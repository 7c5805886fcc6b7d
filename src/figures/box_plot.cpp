#include "semscope/figures/box_plot.hpp"

#include "axes.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace semscope::figures {
namespace {

constexpr double box_pitch = 24;
constexpr double box_width = 12;
constexpr double cap_width = 6;
constexpr double mean_radius = 2.8;
constexpr double flier_radius = 1.6;
// Blue and orange stay apart with every common kind of colour blindness, and in grey.
constexpr Rgb box_fill{206, 222, 240};
constexpr Rgb box_line{46, 84, 130};
constexpr Rgb mean_colour{201, 84, 0};
constexpr Rgb flier_colour{120, 120, 120};

void check(const Box& box) {
    for (const double value :
         {box.min, box.q1, box.median, box.q3, box.max, box.whisker_low, box.whisker_high, box.mean})
        if (!std::isfinite(value))
            throw InputError(
                fmt::format("the box of class {} ({}) has a number that is {}", box.semantic, box.name, value));
}

std::size_t counted_outside(const BoxPlot& plot, ValueRange range) {
    std::size_t count = 0;
    for (const Box& box : plot.boxes)
        count += static_cast<std::size_t>(std::count_if(box.fliers.begin(), box.fliers.end(), [&](double value) {
            return value < range.low || value > range.high;
        }));
    return count;
}

std::string caption_of(const BoxPlot& plot, ValueRange range) {
    std::string text = fmt::format(
        "Box: quartiles, line: median. Whiskers: last value within 1.5 interquartile ranges of the box; circles: "
        "values "
        "beyond. Diamond and bar: mean and its {:g} % confidence interval. Images without the class count as 0.",
        100 * plot.confidence);
    if (const std::size_t outside = counted_outside(plot, range))
        text += fmt::format(" {} {} beyond the axis {} not shown.", outside, outside == 1 ? "circle" : "circles",
                            outside == 1 ? "is" : "are");
    if (plot.few_images)
        text += fmt::format(" \u2020: an interval of {} {}, which is no more than a hint.", plot.images,
                            plot.images == 1 ? "image" : "images");
    return text;
}

Note note_of(const Box& box) {
    return {
        "box",
        fmt::format("{}: mean {}, median {}, n = {}", box.name, significant(box.mean), significant(box.median), box.n),
        {{"semantic", fmt::format("{}", box.semantic)},
         {"name", box.name},
         {"n", fmt::format("{}", box.n)},
         {"present", fmt::format("{}", box.present)},
         {"min", exact(box.min)},
         {"q1", exact(box.q1)},
         {"median", exact(box.median)},
         {"q3", exact(box.q3)},
         {"max", exact(box.max)},
         {"whisker-low", exact(box.whisker_low)},
         {"whisker-high", exact(box.whisker_high)},
         {"mean", exact(box.mean)},
         {"ci-low", exact(box.ci_low)},
         {"ci-high", exact(box.ci_high)}}};
}

/// A vertical line with a cap at its far end, unless that end is beyond the axis.
void draw_whisker(Canvas& canvas, const Columns& columns, double x, double from, double to) {
    const Pen pen{box_line, 0.9, {}};
    if (columns.y_of(from) != columns.y_of(to)) canvas.line({x, columns.y_of(from)}, {x, columns.y_of(to)}, pen);
    if (columns.shows(to))
        canvas.line({x - cap_width / 2, columns.y_of(to)}, {x + cap_width / 2, columns.y_of(to)}, pen);
}

void draw_fliers(Canvas& canvas, const Columns& columns, double x, const Box& box) {
    for (const double value : box.fliers) {
        if (!columns.shows(value)) continue;
        const Group group(canvas, {"flier", "", {{"value", exact(value)}}});
        canvas.circle({x, columns.y_of(value)}, flier_radius, {.outline = Pen{flier_colour, 0.6, {}}});
    }
}

void draw_mean(Canvas& canvas, const Columns& columns, double x, const Box& box) {
    if (std::isfinite(box.ci_low) && std::isfinite(box.ci_high)) {
        const double low = columns.y_of(box.ci_low), high = columns.y_of(box.ci_high);
        const Pen pen{mean_colour, 1.1, {}};
        canvas.line({x, low}, {x, high}, pen);
        for (const double y : {low, high}) canvas.line({x - 2.2, y}, {x + 2.2, y}, pen);
    }
    if (!columns.shows(box.mean)) return;
    const double y = columns.y_of(box.mean);
    canvas.polygon({{x, y - mean_radius}, {x + mean_radius, y}, {x, y + mean_radius}, {x - mean_radius, y}},
                   {.fill = mean_colour, .outline = Pen{white, 0.4, {}}});
}

void draw_box(Canvas& canvas, const Columns& columns, double x, const Box& box) {
    const Group group(canvas, note_of(box));
    draw_fliers(canvas, columns, x, box);
    draw_whisker(canvas, columns, x, box.q1, box.whisker_low);
    draw_whisker(canvas, columns, x, box.q3, box.whisker_high);
    const double top = columns.y_of(box.q3), bottom = columns.y_of(box.q1);
    canvas.rectangle({x - box_width / 2, top, box_width, bottom - top},
                     {.fill = box_fill, .outline = Pen{box_line, 0.9, {}}});
    if (columns.shows(box.median))
        canvas.line({x - box_width / 2, columns.y_of(box.median)}, {x + box_width / 2, columns.y_of(box.median)},
                    {box_line, 2, {}});
    draw_mean(canvas, columns, x, box);
}

/// Beside the upper end of the interval, or of the axis where the interval ends above it.
void draw_dagger(Canvas& canvas, const Columns& columns, double x, const Box& box) {
    if (!std::isfinite(box.ci_high)) return;
    const Font font = columns.font(ChartStyle::text_size);
    const double y = std::max(columns.y_of(box.ci_high), columns.plot().y + font.size);
    canvas.text({x + 3, y}, "\u2020", {.font = font, .colour = mean_colour});
}

/// A little air, so that no marker lies on the frame; an axis of these boxes alone goes up to the next ticks.
ValueRange axis_for(const BoxPlot& plot) {
    ValueRange range = plot.range ? *plot.range : box_plot_range(plot.boxes);
    if (range.low == range.high) range = {range.low - 0.01, range.high + 0.01};  // every deviation is 0
    const double air = 0.02 * (range.high - range.low);
    range = {range.low < 0 ? range.low - air : range.low, range.high > 0 ? range.high + air : range.high};
    return plot.range ? range : to_ticks(range, 7);
}

}  // namespace

ValueRange box_plot_range(const std::vector<Box>& boxes) {
    ValueRange range{0, 0};
    const auto include = [&](double value) {
        if (std::isfinite(value)) range = join(range, {value, value});
    };
    for (const Box& box : boxes) {
        for (const double value :
             {box.q1, box.q3, box.whisker_low, box.whisker_high, box.mean, box.ci_low, box.ci_high})
            include(value);
        for (const double value : box.fliers) include(value);
    }
    return range;
}

Picture draw_box_plot(BoxPlot plot) {
    if (plot.boxes.empty()) throw InputError(fmt::format("scene {}: a box plot without boxes", plot.scene));
    for (const Box& box : plot.boxes) check(box);
    const ValueRange range = axis_for(plot);
    Columns::Texts texts{
        plot.scene, fmt::format("{}, n = {}", plot.sample, plot.images), plot.quantity, caption_of(plot, range), {}};
    for (const Box& box : plot.boxes) texts.names.push_back(box.name);
    const auto columns = std::make_shared<const Columns>(std::move(texts), range, box_pitch, 0, plot.font);
    const auto boxes = std::make_shared<const std::vector<Box>>(std::move(plot.boxes));
    const auto draw = [columns, boxes, few = plot.few_images](Canvas& canvas) {
        columns->draw(canvas);
        for (std::size_t i = 0; i < boxes->size(); ++i) {
            draw_box(canvas, *columns, columns->x_of(i), (*boxes)[i]);
            if (few) draw_dagger(canvas, *columns, columns->x_of(i), (*boxes)[i]);
        }
    };
    return {columns->size(), columns->title(), draw};
}

}  // namespace semscope::figures
