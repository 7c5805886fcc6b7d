#include "semscope/figures/curve_chart.hpp"

#include "axes.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

namespace semscope::figures {
namespace {

using Style = ChartStyle;

constexpr double plot_width = 216;
constexpr double plot_height = 176;
constexpr double between = 22;
constexpr double head_height = 34;  // title and subtitle
constexpr double name_height = 16;  // of a plot, above it
constexpr double tick_length = 3;
constexpr double below_plot = 36;  // numbers and name of the axis
constexpr double row_height = 13;
constexpr double stroke_length = 20;
constexpr double band_opacity = 0.16;

/// How the lines of an order look: told apart by colour, and by their dashes without it.
struct Stroke {
    const char* order;
    const char* label;
    Pen pen;
};

const std::array<Stroke, 4>& strokes() {
    static const std::array<Stroke, 4> all{{{"deviation", "by deviation", {{46, 84, 130}, 1.6, {}}},
                                            {"shapley", "by Shapley value", {{201, 84, 0}, 1.6, {6, 1.6}}},
                                            {"area", "by area", {{0, 125, 92}, 1.4, {3, 2}}},
                                            {"random", "at random", {{110, 110, 110}, 1.4, {1.2, 1.8}}}}};
    return all;
}

Stroke stroke_of(const std::string& order) {
    for (const Stroke& each : strokes())
        if (order == each.order) return each;
    return {"", order.c_str(), {black, 1.2, {}}};
}

const std::vector<IntervalValue>& points_of(const CurveSeries& series, bool deletion) {
    return deletion ? series.deletion : series.insertion;
}

void check(const CurveChart& chart) {
    if (chart.series.empty()) throw InputError(fmt::format("{}: a chart without curves", chart.title));
    const std::size_t length = chart.series.front().deletion.size();
    for (const CurveSeries& each : chart.series)
        for (const bool deletion : {true, false}) {
            const auto& points = points_of(each, deletion);
            if (length < 2 || points.size() != length)
                throw InputError(fmt::format("{}: the curve {} has {} points, not {}", chart.title, each.order,
                                             points.size(), std::max<std::size_t>(length, 2)));
            for (const IntervalValue& point : points)
                if (!std::isfinite(point.mean) || !std::isfinite(point.low) || !std::isfinite(point.high))
                    throw InputError(
                        fmt::format("{}: the curve {} has a point that is not finite", chart.title, each.order));
        }
}

/// From 0 to the next tick above everything that is drawn.
ValueRange axis_for(const CurveChart& chart) {
    double highest = 0;
    for (const CurveSeries& each : chart.series)
        for (const bool deletion : {true, false})
            for (const IntervalValue& point : points_of(each, deletion))
                highest = std::max({highest, point.mean, point.high});
    return highest > 0 ? to_ticks({0, highest}, 6) : ValueRange{0, 1};
}

/// Where everything stands.
class CurveLayout {
  public:
    explicit CurveLayout(CurveChart chart)
        : chart_(std::move(chart)), range_(axis_for(chart_)), ticks_(nice_ticks(range_, 6)) {
        double widest = 0;
        for (const std::string& label : ticks_.labels) widest = std::max(widest, measure(label, font()).width);
        const double left = Style::margin + 1.35 * Style::text_size + widest + tick_length + 8;
        const double top = Style::margin + head_height + name_height;
        plots_ = {Rect{left, top, plot_width, plot_height},
                  Rect{left + plot_width + between, top, plot_width, plot_height}};
        table_ = plots_[0].bottom() + below_plot + 10;
        size_.width = plots_[1].right() + Style::margin + 8;
        caption_ = wrap(
            "Bands: 95 % bootstrap interval of the mean at each share. A good order makes the probability fall fast "
            "when "
            "its first classes are inhibited, and rise fast when they are revealed. Areas have their 95 % interval in "
            "brackets.",
            font(Style::caption_size), size_.width - 2 * Style::margin);
        size_.height = table_ + row_height * static_cast<double>(chart_.series.size() + 1) + 6 +
                       1.35 * Style::caption_size * static_cast<double>(caption_.size()) + Style::margin;
    }

    const CurveChart& chart() const { return chart_; }
    Size size() const { return size_; }

    void draw(Canvas& canvas) const {
        canvas.text({Style::margin, Style::margin + Style::title_size}, chart_.title,
                    {.font = font(Style::title_size, true)});
        canvas.text({Style::margin, Style::margin + Style::title_size + 1.35 * Style::text_size}, chart_.subtitle,
                    {.font = font(), .colour = Style::grey});
        for (const bool deletion : {true, false}) {
            draw_axes(canvas, deletion);
            for (const CurveSeries& each : chart_.series) draw_band(canvas, each, deletion);
            for (const CurveSeries& each : chart_.series) draw_curve(canvas, each, deletion);
        }
        draw_table(canvas);
        double y = size_.height - Style::margin - 1.35 * Style::caption_size * static_cast<double>(caption_.size() - 1);
        for (const std::string& line : caption_) {
            canvas.text({Style::margin, y}, line, {.font = font(Style::caption_size), .colour = Style::grey});
            y += 1.35 * Style::caption_size;
        }
    }

  private:
    Font font(double size = Style::text_size, bool bold = false) const { return {chart_.font, size, bold}; }
    const Rect& plot(bool deletion) const { return plots_.at(deletion ? 0 : 1); }

    double y_of(double value) const {
        const double share = std::clamp((value - range_.low) / (range_.high - range_.low), 0.0, 1.0);
        return plots_[0].bottom() - share * plot_height;
    }

    Point place(bool deletion, std::size_t point, std::size_t points, double value) const {
        const double share = static_cast<double>(point) / static_cast<double>(points - 1);
        return {plot(deletion).x + share * plot_width, y_of(value)};
    }

    void draw_axes(Canvas& canvas, bool deletion) const {
        const Group group(canvas, {"axis", "", {{"low", exact(range_.low)}, {"high", exact(range_.high)}}});
        const Rect& area = plot(deletion);
        canvas.text({area.x, area.y - 6}, deletion ? "Deletion" : "Insertion", {.font = font(Style::text_size, true)});
        for (std::size_t i = 0; i < ticks_.values.size(); ++i) {
            const double y = y_of(ticks_.values[i]);
            canvas.line({area.x, y}, {area.right(), y}, {Style::grid, 0.5, {}});
            if (!deletion) continue;
            canvas.line({area.x - tick_length, y}, {area.x, y}, {Style::frame, 0.6, {}});
            canvas.text({area.x - tick_length - 3, y + 0.36 * Style::text_size}, ticks_.labels[i],
                        {.font = font(), .anchor = Anchor::end});
        }
        for (const int percent : {0, 25, 50, 75, 100}) {
            const double x = area.x + percent / 100.0 * area.width, y = area.bottom();
            canvas.line({x, y}, {x, y + tick_length}, {Style::frame, 0.6, {}});
            canvas.text({x, y + tick_length + Style::text_size + 1}, fmt::format("{}", percent),
                        {.font = font(), .anchor = Anchor::middle});
        }
        canvas.text({area.centre().x, area.bottom() + tick_length + 2.4 * Style::text_size + 2},
                    deletion ? "classes inhibited, %" : "classes revealed, %",
                    {.font = font(), .anchor = Anchor::middle});
        canvas.rectangle(area, {.outline = Pen{Style::frame, 0.6, {}}});
        if (deletion)
            canvas.text({Style::margin + Style::text_size, area.centre().y}, "mean p of the predicted scene",
                        {.font = font(), .anchor = Anchor::middle, .rotation = 90});
    }

    void draw_band(Canvas& canvas, const CurveSeries& series, bool deletion) const {
        const auto& points = points_of(series, deletion);
        std::vector<Point> corners;
        for (std::size_t i = 0; i < points.size(); ++i)
            corners.push_back(place(deletion, i, points.size(), points[i].high));
        for (std::size_t i = points.size(); i-- > 0;)
            corners.push_back(place(deletion, i, points.size(), points[i].low));
        canvas.polygon(corners, {.fill = stroke_of(series.order).pen.colour, .opacity = band_opacity});
    }

    void draw_curve(Canvas& canvas, const CurveSeries& series, bool deletion) const {
        const auto& points = points_of(series, deletion);
        Note note{"curve", stroke_of(series.order).label, {}};
        note.data = {{"order", series.order}, {"curve", deletion ? "deletion" : "insertion"}};
        for (const auto& [name, member] :
             {std::pair{"mean", &IntervalValue::mean}, std::pair{"low", &IntervalValue::low},
              std::pair{"high", &IntervalValue::high}}) {
            std::vector<std::string> values;
            values.reserve(points.size());
            for (const IntervalValue& point : points) values.push_back(exact(point.*member));
            note.data.emplace_back(name, fmt::format("{}", fmt::join(values, " ")));
        }
        const Group group(canvas, note);
        std::vector<Point> line;
        for (std::size_t i = 0; i < points.size(); ++i)
            line.push_back(place(deletion, i, points.size(), points[i].mean));
        canvas.path(line, stroke_of(series.order).pen);
    }

    void draw_table(Canvas& canvas) const {
        const Group group(canvas, {"areas", "", {}});
        const double numbers = plots_[0].x + 118;
        double y = table_;
        canvas.text({plots_[0].x, y}, "order of the classes", {.font = font(), .colour = Style::grey});
        canvas.text({numbers, y}, "area, deletion", {.font = font(), .colour = Style::grey});
        canvas.text({plots_[1].x, y}, "area, insertion", {.font = font(), .colour = Style::grey});
        for (auto series = chart_.series.rbegin(); series != chart_.series.rend(); ++series) {
            const CurveSeries& each = *series;
            y += row_height;
            const Stroke stroke = stroke_of(each.order);
            const double middle = y - 0.34 * Style::text_size;
            canvas.line({plots_[0].x, middle}, {plots_[0].x + stroke_length, middle}, stroke.pen);
            canvas.text({plots_[0].x + stroke_length + 6, y}, stroke.label, {.font = font()});
            for (const auto& [x, area] : {std::pair{numbers, each.deletion_area}, {plots_[1].x, each.insertion_area}})
                canvas.text({x, y}, fmt::format("{:.3f} [{:.3f}, {:.3f}]", area.mean, area.low, area.high),
                            {.font = font()});
        }
    }

    CurveChart chart_;
    ValueRange range_;
    Ticks ticks_;
    std::array<Rect, 2> plots_{};
    double table_ = 0;
    Size size_;
    std::vector<std::string> caption_;
};

}  // namespace

Picture draw_curves(CurveChart chart) {
    check(chart);
    const auto layout = std::make_shared<const CurveLayout>(std::move(chart));
    return {layout->size(), layout->chart().title, [layout](Canvas& canvas) { layout->draw(canvas); }};
}

}  // namespace semscope::figures
