#include "semscope/comparison/views.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::comparison {

using results::DifferenceColumn;

std::vector<ClassView> SceneView::by_difference() const {
    std::vector<ClassView> present;
    for (const ClassView& each : classes)
        if (each.present > 0) present.push_back(each);
    std::stable_sort(present.begin(), present.end(), [](const ClassView& a, const ClassView& b) {
        return std::abs(a.difference) > std::abs(b.difference);
    });
    return present;
}

std::vector<ClassView> SceneView::explaining(std::size_t most) const {
    std::vector<ClassView> found;
    for (const ClassView& each : classes)
        if (each.explains()) found.push_back(each);
    const auto count = [](const ClassView& one) {
        return one.necessary[0] + one.necessary[1] + one.flip[0] + one.flip[1];
    };
    std::stable_sort(found.begin(), found.end(),
                     [&](const ClassView& a, const ClassView& b) { return count(a) > count(b); });
    found.resize(std::min(most, found.size()));
    return found;
}

ComparisonViews::ComparisonViews(const results::ComparisonReader& file)
    : file_(file), scenes_(file.scene_names()), semantics_(file.semantic_names()) {}

SceneView ComparisonViews::scene(std::uint64_t index) const {
    const results::ComparedScenes rows = file_.read_scenes({index, index + 1});
    SceneView view;
    view.name = scenes_.at(index);
    view.images = rows.images[0];
    view.rank_images = rows.rank_images[0];
    view.rank_correlation = {rows.rank_mean[0], rows.rank_low[0], rows.rank_high[0]};
    view.jaccard = rows.jaccard[0];
    view.both = rows.both[0];
    view.neither = rows.neither[0];
    for (std::size_t side = 0; side < results::side_count; ++side) view.alone.at(side) = rows.alone.at(side)[0];
    const auto column = [&](DifferenceColumn name, std::size_t s) {
        return rows.columns.at(static_cast<std::size_t>(name))[s];
    };
    for (std::size_t s = 0; s < semantics_.size(); ++s) {
        ClassView one{.semantic = static_cast<std::uint16_t>(s),
                      .present = rows.present[s],
                      .mean_first = column(DifferenceColumn::mean_first, s),
                      .mean_second = column(DifferenceColumn::mean_second, s),
                      .difference = column(DifferenceColumn::mean, s),
                      .ci_low = column(DifferenceColumn::ci_low, s),
                      .ci_high = column(DifferenceColumn::ci_high, s),
                      .p_value = column(DifferenceColumn::p_value, s),
                      .q_value = column(DifferenceColumn::q_value, s)};
        for (std::size_t side = 0; side < results::side_count; ++side) {
            one.relevant.at(side) = rows.relevant.at(side)[s] != 0;
            one.necessary.at(side) = rows.necessary.at(side)[s];
            one.flip.at(side) = rows.flip.at(side)[s];
        }
        view.classes.push_back(one);
    }
    return view;
}

}  // namespace semscope::comparison
