#include "semscope/postprocess/attribution_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace semscope::postprocess {

using results::AreaColumn;
using results::CurveColumn;
using results::InteractionColumn;
using results::Range;

namespace {

std::vector<figures::IntervalValue> curve_of(const results::FaithfulnessRows& rows, CurveColumn first,
                                             std::size_t kind) {
    const auto column = static_cast<std::size_t>(first);
    std::vector<figures::IntervalValue> points;
    for (std::size_t g = 0; g < results::curve_points; ++g) {
        const std::size_t i = kind * results::curve_points + g;
        points.push_back({rows.curves.at(column)[i], rows.curves.at(column + 1)[i], rows.curves.at(column + 2)[i]});
    }
    return points;
}

figures::IntervalValue area_of(const results::FaithfulnessRows& rows, results::CurveArea area, std::size_t kind,
                               std::size_t kinds) {
    const std::size_t i = static_cast<std::size_t>(area) * kinds + kind;
    const auto at = [&](AreaColumn column) { return rows.columns.at(static_cast<std::size_t>(column))[i]; };
    return {at(AreaColumn::mean), at(AreaColumn::ci_low), at(AreaColumn::ci_high)};
}

std::string count(std::uint64_t images, const char* rest) {
    return fmt::format("{} {} {}", images, images == 1 ? "image" : "images", rest);
}

}  // namespace

figures::CurveChart curve_chart(const results::StatisticsReader& file, std::optional<std::uint64_t> scene,
                                const std::string& font) {
    const auto kinds = file.order_kinds();
    const auto images = file.faithfulness(scene ? Range{*scene, *scene + 1} : Range{0, file.scenes()}).images;
    const auto n = std::accumulate(images.begin(), images.end(), std::uint64_t{0});
    figures::CurveChart chart;
    chart.font = font;
    chart.title = scene ? file.scene_names()[*scene] : "All scenes";
    chart.subtitle = count(n, scene ? "predicted as the scene" : "of all scenes");
    if (n == 0) return chart;
    if (n <= results::few_images) chart.subtitle += "; bands of so few images are no more than a hint";
    const auto rows = scene ? file.faithfulness({*scene, *scene + 1}) : file.overall_faithfulness();
    for (std::size_t k = kinds.size(); k-- > 0;)  // the baselines first, so that they lie below
        chart.series.push_back({kinds[k], curve_of(rows, CurveColumn::deletion, k),
                                curve_of(rows, CurveColumn::insertion, k),
                                area_of(rows, results::CurveArea::deletion, k, kinds.size()),
                                area_of(rows, results::CurveArea::insertion, k, kinds.size())});
    return chart;
}

figures::InteractionMatrix interaction_matrix(const results::StatisticsReader& file, std::uint64_t scene,
                                              const std::string& font) {
    const Range range{scene, scene + 1};
    const auto rows = file.interactions(results::InteractionScene::predicted, range);
    const auto& mean = rows.column(InteractionColumn::mean);
    const auto names = file.semantic_names();
    std::map<std::uint16_t, double> strength;
    for (std::size_t i = 0; i < rows.first.size(); ++i)
        for (const std::uint16_t semantic : {rows.first[i], rows.second[i]})
            strength[semantic] += std::abs(mean[i]) * rows.images[i];
    std::vector<std::uint16_t> order;
    order.reserve(strength.size());
    for (const auto& [semantic, sum] : strength) order.push_back(semantic);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint16_t a, std::uint16_t b) { return strength[a] > strength[b]; });
    figures::InteractionMatrix matrix;
    matrix.font = font;
    matrix.few_images = results::few_images;
    matrix.title = file.scene_names()[scene];
    matrix.subtitle = count(file.images(results::DeviationSet::predicted, range)[0], "predicted as the scene");
    if (order.size() > matrix_classes) {
        matrix.caption = fmt::format("The {} of {} classes that interact most.", matrix_classes, order.size());
        order.resize(matrix_classes);
    }
    std::map<std::uint16_t, std::size_t> place;
    for (const std::uint16_t semantic : order) {
        place.emplace(semantic, matrix.names.size());
        matrix.names.push_back(names[semantic]);
    }
    for (std::size_t i = 0; i < rows.first.size(); ++i) {
        const auto first = place.find(rows.first[i]), second = place.find(rows.second[i]);
        if (first == place.end() || second == place.end()) continue;
        const auto [low, high] = std::minmax(first->second, second->second);
        matrix.cells.push_back({low, high, rows.images[i], mean[i], rows.column(InteractionColumn::ci_low)[i],
                                rows.column(InteractionColumn::ci_high)[i],
                                rows.column(InteractionColumn::q_value)[i]});
    }
    return matrix;
}

}  // namespace semscope::postprocess
