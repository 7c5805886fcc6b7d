#include "semscope/comparison/views.hpp"
#include "semscope/core/text.hpp"
#include "semscope/figures/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::comparison {
namespace {

using results::MeanInterval;
using results::Side;

std::string cell(double value, int precision) {
    return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, precision);
}

std::string per_cent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? "-" : fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string interval(const MeanInterval& mean) {
    return fmt::format("{} [{}, {}]", cell(mean.mean, 3), cell(mean.low, 3), cell(mean.high, 3));
}

std::string summary_lines(const ComparisonViews& views) {
    const results::ComparisonSummary s = views.file().summary();
    std::string out = fmt::format("first:  {}\nsecond: {}\n\n", printable(views.label(Side::first)),
                                  printable(views.label(Side::second)));
    const auto line = [&](const char* name, const std::string& text) { out += fmt::format("{:<20} {}\n", name, text); };
    line("images", fmt::format("{} in both files, {} of known scene; {} without a result in one of them", s.images,
                               s.judged, s.without_result));
    line("Top@1", fmt::format("{} and {}; same prediction {}", per_cent(s.correct_first, s.judged),
                              per_cent(s.correct_second, s.judged), per_cent(s.same_prediction, s.images)));
    line("recognised", fmt::format("by the first alone {}, by the second alone {}", s.first_alone, s.second_alone));
    line("rank correlation", fmt::format("{} over {} images", interval(s.rank_correlation), s.rank_images));
    line("Jaccard index",
         fmt::format("{} of the relevant classes, over {} scenes", interval(s.jaccard), s.jaccard_scenes));
    return out;
}

/// Least rank correlation first, then those without one; equals keep the order of the scenes.
bool agrees_less(const SceneView& a, const SceneView& b) {
    const double x = a.rank_correlation.mean, y = b.rank_correlation.mean;
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return x < y;
}

/// `view.classes` holds the class of the largest difference alone.
std::string scene_line(const SceneView& view, const ComparisonViews& views, std::size_t width) {
    std::string out = fmt::format("{:<{}} {:>6}  {:<22} {:>7} {:>6} {:>7} {:>7} {:>8}  ", printable(view.name), width,
                                  view.images, interval(view.rank_correlation), cell(view.jaccard, 3), view.both,
                                  view.alone[0], view.alone[1], view.neither);
    if (!view.classes.empty() && view.classes[0].difference != 0) {
        const ClassView& largest = view.classes[0];
        out += fmt::format("{} {:+.4f} [{:+.4f}, {:+.4f}]{}",
                           printable(figures::short_name(views.class_name(largest.semantic))), largest.difference,
                           largest.ci_low, largest.ci_high, largest.q_value < significant ? " *" : "");
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
}

}  // namespace

std::string comparison_table(const results::ComparisonReader& file, std::size_t most) {
    const ComparisonViews views(file);
    std::vector<SceneView> scenes;
    std::size_t width = 5;
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        SceneView view = views.scene(c);
        if (view.images == 0) continue;
        auto classes = view.by_difference();
        classes.resize(std::min<std::size_t>(1, classes.size()));  // of many scenes no more is kept
        view.classes = std::move(classes);
        width = std::max(width, std::min<std::size_t>(printable(view.name).size(), 40));
        scenes.push_back(std::move(view));
    }
    std::stable_sort(scenes.begin(), scenes.end(), agrees_less);
    const std::size_t shown = std::min(most, scenes.size());
    std::string out = summary_lines(views);
    out += fmt::format("\n{:<{}} {:>6}  {:<22} {:>7} {:>6} {:>7} {:>7} {:>8}  {}\n", "scene", width, "images",
                       "rank correlation", "Jaccard", "both", "first", "second", "neither",
                       "largest mean difference, second - first");
    for (std::size_t i = 0; i < shown; ++i) out += scene_line(scenes[i], views, width);
    if (shown < scenes.size()) out += fmt::format("and {} scenes that agree more\n", scenes.size() - shown);
    return out + fmt::format("both, first, second, neither: who recognises the images of the scene; *: q < {}\n",
                             significant);
}

}  // namespace semscope::comparison
