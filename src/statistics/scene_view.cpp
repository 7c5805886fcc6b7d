#include "semscope/statistics/scene_view.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace semscope::statistics {

using results::Column;
using results::DeviationSet;
using statistics::Relevance;

double SceneView::accuracy() const {
    return images == 0 ? std::numeric_limits<double>::quiet_NaN() : 100.0 * correct / images;
}

SceneViews::SceneViews(const results::StatisticsReader& file, std::optional<Attribution> attribution)
    : file_(file), scenes_(file.scene_names()), semantics_(file.semantic_names()) {
    const results::StatisticsSettings settings = file.settings();
    thresholds_ = {settings.relevant, settings.distracting};
    attribution_ = attribution.value_or(settings.shapley != 0 ? Attribution::shapley : Attribution::occlusion);
    file.require(attribution_);
}

SceneView SceneViews::scene(std::uint64_t index) const {
    const results::Range range{index, index + 1};
    SceneView view{scenes_.at(index), file_.scene_images(range)[0], file_.scene_top(1, range)[0], {}, {}};
    const auto mean = file_.column(DeviationSet::correct, Column::mean, range, attribution_);
    const auto low = file_.column(DeviationSet::correct, Column::ci_low, range, attribution_);
    const auto high = file_.column(DeviationSet::correct, Column::ci_high, range, attribution_);
    const auto q_value = file_.column(DeviationSet::correct, Column::q_value, range, attribution_);
    const auto present = file_.present(DeviationSet::correct, range);
    const auto strongest = file_.strongest(range);
    const auto flip = file_.flip(range);
    const auto sets = file_.relevance(range, attribution_);
    std::vector<statistics::ClassEvidence> evidence;
    for (std::size_t s = 0; s < mean.size(); ++s) {
        const auto set = static_cast<Relevance>(sets[s]);
        // A class that is not absent by its set is present, or its presence makes no difference to the sets.
        evidence.push_back({static_cast<std::uint16_t>(s), mean[s], set != Relevance::absent, strongest[s], flip[s]});
        view.classes.push_back({evidence.back(), set, present[s], low[s], high[s], q_value[s]});
    }
    view.sets = statistics::relevance_sets(evidence, thresholds_);
    return view;
}

const char* name_of(Relevance set) {
    constexpr std::array names{"absent", "relevant", "irrelevant", "distracting"};
    return names.at(static_cast<std::size_t>(set));
}

std::string evaluation_table(const results::EvaluationSummary& evaluation) {
    return fmt::format(
        "{:>8} | {:>8} | {:>8} | {:>8} | {:>19} | {:>16}\n"
        "{:8.4f} | {:8.2f} | {:8.2f} | {:8.2f} | {:19.2f} | {:16.2f}\n",
        "Loss", "Top@1", "Top@2", "Top@5", "Mean Class Accuracy", "Of All Scenes", evaluation.loss, evaluation.top1,
        evaluation.top2, evaluation.top5, evaluation.mean_class_accuracy, evaluation.mean_class_accuracy_all);
}

std::string describe_images(const results::EvaluationSummary& evaluation) {
    return fmt::format(
        "{} images of known scene; {} of unknown scene, {} unreadable, {} without finite scores, {} pending",
        evaluation.images, evaluation.unknown, evaluation.unreadable, evaluation.not_finite, evaluation.pending);
}

}  // namespace semscope::statistics
