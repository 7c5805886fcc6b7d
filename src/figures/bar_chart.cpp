#include "semscope/figures/bar_chart.hpp"

#include "axes.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace semscope::figures {
namespace {

constexpr double bar_pitch = 26;
constexpr double bar_width = 9;
constexpr double swatch = 8;
constexpr double legend_gap = 14;
constexpr Rgb truth_colour{46, 84, 130};
constexpr Rgb predicted_colour{230, 142, 60};

struct Series {
    std::string name;
    Rgb colour;
    double shift;  ///< of its bars from the middle of the column
    double Share::*share;
};

std::vector<Series> series_of(const BarChart& chart) {
    return {{fmt::format("true scene ({})", chart.truth_images), truth_colour, -bar_width, &Share::truth},
            {fmt::format("predicted scene ({})", chart.predicted_images), predicted_colour, 0, &Share::predicted}};
}

double legend_width(const std::vector<Series>& series, const Font& font) {
    double width = 0;
    for (const Series& one : series) width += legend_gap + swatch + 4 + measure(one.name, font).width;
    return width;
}

/// Right-aligned with the plot, on the line of the subtitle.
void draw_legend(Canvas& canvas, const Columns& columns, const std::vector<Series>& series) {
    const Font font = columns.font(ChartStyle::text_size);
    const Group group(canvas, {"legend", "", {}});
    double x = columns.plot().right() - legend_width(series, font);
    const double y = columns.plot().y - 10;
    for (const Series& one : series) {
        x += legend_gap;
        canvas.rectangle({x, y - swatch + 1, swatch, swatch}, {.fill = one.colour});
        canvas.text({x + swatch + 4, y}, one.name, {.font = font});
        x += swatch + 4 + measure(one.name, font).width;
    }
}

void draw_bars(Canvas& canvas, const Columns& columns, double x, const Share& share,
               const std::vector<Series>& series) {
    const Group group(canvas, {"share",
                               fmt::format("{}: {:.2f} % true, {:.2f} % predicted", share.name, 100 * share.truth,
                                           100 * share.predicted),
                               {{"semantic", fmt::format("{}", share.semantic)},
                                {"name", share.name},
                                {"truth", exact(share.truth)},
                                {"predicted", exact(share.predicted)}}});
    for (const Series& one : series) {
        const double value = 100 * share.*one.share;
        if (!(value > 0)) continue;
        const double top = columns.y_of(value);
        canvas.rectangle({x + one.shift, top, bar_width, columns.plot().bottom() - top}, {.fill = one.colour});
    }
}

ValueRange axis_for(const std::vector<Share>& shares) {
    double highest = 1;  // per cent
    for (const Share& share : shares)
        for (const double value : {share.truth, share.predicted})
            if (std::isfinite(value)) highest = std::max(highest, 100 * value);
    return to_ticks({0, 1.02 * highest}, 7);
}

}  // namespace

std::vector<Share> shares_above(std::span<const double> truth, std::span<const double> predicted,
                                std::span<const std::string> names, double threshold) {
    if (truth.size() != names.size() || predicted.size() != names.size())
        throw InputError(
            fmt::format("{} and {} shares for {} class names", truth.size(), predicted.size(), names.size()));
    std::vector<Share> shares;
    for (std::size_t s = 1; s < names.size(); ++s)
        if (truth[s] > threshold || predicted[s] > threshold) shares.push_back({s, names[s], truth[s], predicted[s]});
    return shares;
}

Picture draw_bar_chart(BarChart chart) {
    if (chart.shares.empty()) throw InputError(fmt::format("scene {}: a bar chart without classes", chart.scene));
    const std::vector<Series> series = series_of(chart);
    const Font font{chart.font, ChartStyle::text_size, false};
    Columns::Texts texts{
        chart.scene,
        "semantic distribution",
        "share of labelled pixels (%)",
        fmt::format(
            "Classes that cover more than {:g} % of the labelled pixels {}of the images whose true scene, or whose "
            "predicted scene, is {}. In brackets: number of images.",
            100 * chart.threshold, chart.whole_maps ? "in the whole label maps " : "", chart.scene),
        {}};
    for (const Share& share : chart.shares) texts.names.push_back(share.name);
    const auto columns = std::make_shared<const Columns>(std::move(texts), axis_for(chart.shares), bar_pitch,
                                                         legend_width(series, font) + legend_gap, chart.font);
    const auto shares = std::make_shared<const std::vector<Share>>(std::move(chart.shares));
    const auto draw = [columns, shares, series, swatches = chart.swatches](Canvas& canvas) {
        columns->draw(canvas);
        draw_legend(canvas, *columns, series);
        for (std::size_t i = 0; i < shares->size(); ++i) {
            draw_bars(canvas, *columns, columns->x_of(i), (*shares)[i], series);
            if (i < swatches.size())
                canvas.rectangle({columns->x_of(i) - bar_width, columns->plot().bottom() + 0.5, 2 * bar_width, 4},
                                 {.fill = swatches[i]});
        }
    };
    return {columns->size(), columns->title(), draw};
}

}  // namespace semscope::figures
