#include "semscope/figures/dumbbell.hpp"

#include "axes.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/colour_map.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <utility>

namespace semscope::figures {
namespace {

constexpr double pitch = 22;
constexpr double radius = 3.6;
constexpr double cap_width = 6;
constexpr double legend_gap = 14;
constexpr double most_label_width = 150;
// Blue and orange stay apart with every common kind of colour blindness, and in grey.
constexpr Rgb first_colour{46, 84, 130};
constexpr Rgb second_colour{201, 84, 0};
constexpr Rgb bar_colour{190, 196, 204};
constexpr Rgb interval_colour{110, 110, 110};

void check(const Dumbbell& one) {
    if (!std::isfinite(one.first) || !std::isfinite(one.second))
        throw InputError(
            fmt::format("the dumbbell of class {} ({}) has a mean that is not finite", one.semantic, one.name));
}

bool has_interval(const Dumbbell& one) { return std::isfinite(one.ci_low) && std::isfinite(one.ci_high); }

ValueRange axis_for(const std::vector<Dumbbell>& dumbbells) {
    ValueRange range{0, 0};
    const auto include = [&](double value) { range = join(range, {value, value}); };
    for (const Dumbbell& one : dumbbells) {
        include(one.first);
        include(one.second);
        if (!has_interval(one)) continue;
        include(one.first + one.ci_low);
        include(one.first + one.ci_high);
    }
    if (range.low == range.high) range = {-0.01, 0.01};
    const double air = 0.02 * (range.high - range.low);  // no mark lies on the frame
    return to_ticks({range.low < 0 ? range.low - air : range.low, range.high > 0 ? range.high + air : range.high}, 7);
}

/// The legend, right-aligned with the plot on the line of the subtitle.
class Legend {
  public:
    Legend(const DumbbellChart& chart, const Font& font)
        : font_(font),
          first_(shorten(chart.first, font, most_label_width)),
          second_(shorten(chart.second, font, most_label_width)) {}

    double width() const {
        return 2 * (legend_gap + 2 * radius + 4) + measure(first_, font_).width + measure(second_, font_).width;
    }

    void draw(Canvas& canvas, const Columns& columns) const {
        const Group group(canvas, {"legend", "", {}});
        double x = columns.plot().right() - width();
        const double y = columns.plot().y - 10;
        for (const auto& [label, colour] : {std::pair{first_, first_colour}, std::pair{second_, second_colour}}) {
            x += legend_gap;
            canvas.circle({x + radius, y - 3}, radius, {.fill = colour});
            x += 2 * radius + 4;
            canvas.text({x, y}, label, {.font = font_});
            x += measure(label, font_).width;
        }
    }

  private:
    Font font_;
    std::string first_;
    std::string second_;
};

/// Without what is not known.
std::string describe(const Dumbbell& one) {
    std::string text = fmt::format("{}: {} and {}, difference {}", one.name, significant(one.first),
                                   significant(one.second), significant(one.second - one.first));
    if (has_interval(one)) text += fmt::format(" [{}, {}]", significant(one.ci_low), significant(one.ci_high));
    if (!std::isnan(one.q_value)) text += fmt::format(", q = {}", significant(one.q_value));
    return text;
}

Note note_of(const Dumbbell& one) {
    return {"dumbbell",
            describe(one),
            {{"semantic", fmt::format("{}", one.semantic)},
             {"name", one.name},
             {"first", exact(one.first)},
             {"second", exact(one.second)},
             {"ci-low", exact(one.ci_low)},
             {"ci-high", exact(one.ci_high)},
             {"q", exact(one.q_value)}}};
}

void draw_interval(Canvas& canvas, const Columns& columns, double x, const Dumbbell& one) {
    if (!has_interval(one)) return;
    const Pen pen{interval_colour, 0.9, {}};
    const double low = columns.y_of(one.first + one.ci_low), high = columns.y_of(one.first + one.ci_high);
    canvas.line({x, low}, {x, high}, pen);
    for (const double y : {low, high}) canvas.line({x - cap_width / 2, y}, {x + cap_width / 2, y}, pen);
}

void draw_dumbbell(Canvas& canvas, const Columns& columns, double x, const Dumbbell& one, double threshold) {
    const Group group(canvas, note_of(one));
    const Point first{x, columns.y_of(one.first)}, second{x, columns.y_of(one.second)};
    canvas.line(first, second, {bar_colour, 3, {}});
    draw_interval(canvas, columns, x, one);
    canvas.circle(first, radius, {.fill = first_colour});
    const bool sure = one.q_value < threshold;
    canvas.circle(second, radius, {.fill = sure ? second_colour : white, .outline = Pen{second_colour, 1.4, {}}});
}

}  // namespace

Picture draw_dumbbells(DumbbellChart chart) {
    if (chart.dumbbells.empty()) throw InputError(fmt::format("{}: a dumbbell chart without classes", chart.title));
    for (const Dumbbell& one : chart.dumbbells) check(one);
    const Legend legend(chart, Font{chart.font, ChartStyle::text_size, false});
    Columns::Texts texts{chart.title, chart.subtitle, chart.value_label, chart.caption, {}};
    for (const Dumbbell& one : chart.dumbbells) texts.names.push_back(one.name);
    const auto columns = std::make_shared<const Columns>(std::move(texts), axis_for(chart.dumbbells), pitch,
                                                         legend.width() + legend_gap, chart.font);
    const auto dumbbells = std::make_shared<const std::vector<Dumbbell>>(std::move(chart.dumbbells));
    const auto draw = [columns, dumbbells, legend, threshold = chart.significant](Canvas& canvas) {
        columns->draw(canvas);
        legend.draw(canvas, *columns);
        for (std::size_t i = 0; i < dumbbells->size(); ++i)
            draw_dumbbell(canvas, *columns, columns->x_of(i), (*dumbbells)[i], threshold);
    };
    return {columns->size(), columns->title(), draw};
}

}  // namespace semscope::figures
