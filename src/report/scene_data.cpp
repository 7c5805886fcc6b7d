#include "scene_data.hpp"

#include "pack.hpp"
#include "semscope/figures/word_cloud.hpp"
#include "semscope/postprocess/attribution_charts.hpp"
#include "semscope/postprocess/selection.hpp"
#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/scene_view.hpp"

namespace semscope::report {

using nlohmann::ordered_json;
using results::Column;
using results::DeviationSet;
using results::Range;

namespace {

ordered_json svg(const figures::Picture& picture) {
    return compressed_base64(figures::render(picture, figures::Format::svg));
}

/// [[scene, images], ...]
ordered_json confused(std::span<const Confusion> all, std::uint32_t Confusion::*mine, std::uint32_t Confusion::*other,
                      std::uint64_t scene) {
    ordered_json list = ordered_json::array();
    for (const Confusion& pair : all)
        if (pair.*mine == scene) list.push_back({pair.*other, pair.images});
    return list;
}

}  // namespace

SceneData::SceneData(const results::StatisticsReader& file, const cli::FigureSettings& figures, const Run& run,
                     std::span<const SceneGalleries> galleries)
    : file_(file),
      figures_(figures),
      run_(run),
      galleries_(galleries),
      charts_(file, figures),
      semantics_(file.semantic_names()),
      palette_(postprocess::selected_palette(figures, semantics_.size())),
      confusions_(confusions(run.predictions)) {
    const bool common = figures.axis == BoxAxis::common;
    if (common) range_ = charts_.common_range();
    if (!file.has_shapley()) return;
    cli::FigureSettings shapley = figures;
    shapley.attribution = Attribution::shapley;
    shapley_charts_.emplace(file, shapley);
    if (common) shapley_range_ = shapley_charts_->common_range();
}

ordered_json SceneData::box_plot(const postprocess::SceneCharts& charts, std::uint64_t scene,
                                 std::optional<figures::ValueRange> range) const {
    auto plot = charts.box_plot(scene);
    if (plot.images == 0 || plot.boxes.empty()) return nullptr;
    plot.range = range;
    return svg(figures::draw_box_plot(std::move(plot)));
}

ordered_json SceneData::distribution(std::uint64_t scene) const {
    auto chart = charts_.distribution(scene);
    if (chart.shares.empty()) return nullptr;
    return svg(figures::draw_bar_chart(std::move(chart)));
}

ordered_json SceneData::cloud(std::uint64_t scene, CloudSet set) const {
    const auto words =
        figures::cloud_weights(postprocess::cloud_values(file_, scene, set), semantics_, figures_.percentile);
    if (words.empty()) return nullptr;
    return svg(figures::draw_word_cloud(
        figures::lay_out_cloud(charts_.scenes()[scene], words, palette_, postprocess::cloud_options_of(figures_))));
}

/// A list for each column of the table, so that a page of many classes stays small.
ordered_json SceneData::classes(std::uint64_t scene) const {
    const Range range{scene, scene + 1};
    const auto sets = file_.relevance(range);
    const auto strongest = file_.strongest(range), flip = file_.flip(range);
    const auto present = file_.present(DeviationSet::correct, range);
    const auto share = file_.distribution_truth(range);
    std::vector<std::uint16_t> shown;
    for (std::size_t s = 1; s < semantics_.size(); ++s)
        if (sets[s] != 0 || present[s] > 0) shown.push_back(static_cast<std::uint16_t>(s));
    const auto pick = [&](const auto& values) {
        ordered_json list = ordered_json::array();
        for (const auto s : shown) list.push_back(values[s]);
        return list;
    };

    const double threshold = file_.settings().distracting;
    const auto mean = file_.column(DeviationSet::correct, Column::mean, range);
    ordered_json distracts = ordered_json::array();
    for (const auto s : shown)
        distracts.push_back(
            statistics::is_distracting({s, mean[s], true, strongest[s], flip[s]}, {.distracting = threshold}));
    ordered_json json;
    json["class"] = shown;
    json["set"] = pick(sets);
    json["distracts"] = std::move(distracts);
    json["mean"] = pick(mean);
    for (const auto& [name, column] :
         {std::pair{"ci_low", Column::ci_low}, std::pair{"ci_high", Column::ci_high},
          std::pair{"mean_present", Column::mean_present}, std::pair{"q_value", Column::q_value}})
        json[name] = pick(file_.column(DeviationSet::correct, column, range));
    json["present"] = pick(present);
    json["strongest"] = pick(strongest);
    json["flip"] = pick(flip);
    json["share"] = pick(share);
    if (file_.has_shapley()) json["shapley"] = shapley(scene, shown);
    return json;
}

ordered_json SceneData::shapley(std::uint64_t scene, std::span<const std::uint16_t> shown) const {
    ordered_json json;
    for (const auto& [name, column] : {std::pair{"mean", Column::mean}, std::pair{"ci_low", Column::ci_low},
                                       std::pair{"ci_high", Column::ci_high}, std::pair{"q_value", Column::q_value}}) {
        const auto values = file_.column(DeviationSet::correct, column, {scene, scene + 1}, Attribution::shapley);
        json[name] = ordered_json::array();
        for (const auto s : shown) json[name].push_back(values[s]);
    }
    return json;
}

void SceneData::add_attribution_figures(std::uint64_t scene, ordered_json& json) const {
    if (shapley_charts_) json["shapley"] = box_plot(*shapley_charts_, scene, shapley_range_);
    if (file_.has_faithfulness()) {
        auto chart = postprocess::curve_chart(file_, scene, figures_.font);
        json["curves"] = chart.series.empty() ? ordered_json(nullptr) : svg(figures::draw_curves(std::move(chart)));
    }
    if (!file_.has_interactions()) return;
    auto matrix = postprocess::interaction_matrix(file_, scene, figures_.font);
    json["interactions"] =
        matrix.cells.empty() ? ordered_json(nullptr) : svg(figures::draw_interactions(std::move(matrix)));
}

ordered_json SceneData::gallery(std::uint64_t scene, Gallery kind) const {
    const auto index = static_cast<std::size_t>(kind);
    ordered_json images = ordered_json::array();
    for (const std::uint64_t image : galleries_[scene].images[index])
        images.push_back({{"image", image},
                          {"path", run_.source->path(image)},
                          {"truth", run_.predictions.truth[image]},
                          {"predicted", run_.predictions.predicted[image]}});
    return {{"total", galleries_[scene].total[index]}, {"images", std::move(images)}};
}

ordered_json SceneData::describe(std::uint64_t scene) const {
    const Range range{scene, scene + 1};
    ordered_json json;
    json["scene"] = scene;
    json["images"] = file_.scene_images(range)[0];
    for (const int k : {1, 2, 5}) json["top" + std::to_string(k)] = file_.scene_top(k, range)[0];
    json["correct"] = file_.images(DeviationSet::correct, range)[0];
    json["predicted"] = file_.images(DeviationSet::predicted, range)[0];
    json["missed"] = file_.distractor_images(range)[0];
    json["classes"] = classes(scene);
    json["predicted_as"] = confused(confusions_, &Confusion::truth, &Confusion::predicted, scene);
    json["mistaken_for_it"] = confused(confusions_, &Confusion::predicted, &Confusion::truth, scene);
    for (const Gallery kind : {Gallery::correct, Gallery::missed, Gallery::wrong, Gallery::unknown})
        json["gallery"][name_of(kind)] = gallery(scene, kind);
    json["figures"]["boxplot"] = box_plot(charts_, scene, range_);
    json["figures"]["distribution"] = distribution(scene);
    json["figures"]["relevant"] = cloud(scene, CloudSet::relevant);
    json["figures"]["distracting"] = cloud(scene, CloudSet::distracting);
    add_attribution_figures(scene, json["figures"]);
    return json;
}

}  // namespace semscope::report
