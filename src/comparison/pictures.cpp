#include "pictures.hpp"

#include "semscope/figures/dumbbell.hpp"
#include "semscope/figures/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::comparison {
namespace {

using figures::Dumbbell;
using results::Side;

constexpr std::size_t most_dumbbells = 30;

/// The classes whose mean deviation exceeds the threshold, whatever its sign, in one of the files.
std::vector<Dumbbell> dumbbells_of(const SceneView& view, const ComparisonViews& views, double threshold) {
    std::vector<Dumbbell> dumbbells;
    for (const ClassView& each : view.by_difference())
        if (std::max(std::abs(each.mean_first), std::abs(each.mean_second)) > threshold)
            dumbbells.push_back({each.semantic, views.class_name(each.semantic), each.mean_first, each.mean_second,
                                 each.ci_low, each.ci_high, each.q_value});
    return dumbbells;
}

std::string caption_of(const std::string& images, const std::string& order, double threshold, std::size_t hidden) {
    std::string text = fmt::format(
        "Mean deviation over {}; images without the class count as 0. Bar: 95 % confidence interval of the paired "
        "difference, seen from the first mean. Filled mark of the second: q < {:g}, open: not. Classes whose mean is "
        "beyond \u00b1{:g} in one of the files, {}.",
        images, significant, threshold, order);
    if (hidden > 0) text += fmt::format(" {} more are not shown.", hidden);
    return text;
}

std::optional<figures::Picture> draw(figures::DumbbellChart chart, const ComparisonViews& views,
                                     const std::string& images, const std::string& order, std::size_t hidden) {
    if (chart.dumbbells.empty()) return std::nullopt;
    chart.first = views.label(Side::first);
    chart.second = views.label(Side::second);
    chart.significant = significant;
    chart.caption = caption_of(images, order, views.file().summary().relevant, hidden);
    return figures::draw_dumbbells(std::move(chart));
}

/// Keeps the first ones; returns how many there were besides.
std::size_t cut(std::vector<Dumbbell>& dumbbells) {
    const std::size_t hidden = dumbbells.size() - std::min(dumbbells.size(), most_dumbbells);
    dumbbells.resize(dumbbells.size() - hidden);
    return hidden;
}

/// Significant differences first, then the larger ones.
bool comes_before(const Dumbbell& a, const Dumbbell& b) {
    const bool a_sure = a.q_value < significant, b_sure = b.q_value < significant;
    if (a_sure != b_sure) return a_sure;
    return std::abs(a.second - a.first) > std::abs(b.second - b.first);
}

std::string rank_text(const results::MeanInterval& rank) {
    return std::isnan(rank.mean) ? "none" : fmt::format("{:.2f} [{:.2f}, {:.2f}]", rank.mean, rank.low, rank.high);
}

}  // namespace

PicturePlan plan_pictures(const cli::Settings& settings, std::span<const std::string> scenes) {
    PicturePlan plan;
    Problems problems;
    problems.collect([&] { plan.output = postprocess::prepare_output(settings); });
    problems.collect([&] {
        plan.formats = postprocess::selected_formats(
            settings.figures, {figures::Format::png, figures::Format::svg, figures::Format::pdf});
    });
    problems.collect([&] { plan.scenes = postprocess::selected_scenes(settings.figures, scenes); });
    problems.throw_if_any();
    std::vector<std::filesystem::path> files;
    for (const figures::Format format : plan.formats) {
        files.push_back(postprocess::with_format(overall_base(plan), format));
        for (const std::uint64_t scene : plan.scenes)
            files.push_back(postprocess::with_format(scene_base(plan, scenes[scene]), format));
    }
    postprocess::require_replaceable(files, plan.output.overwrite);
    return plan;
}

std::filesystem::path scene_base(const PicturePlan& plan, const std::string& scene) {
    return plan.output.folder / "comparison" / postprocess::file_name_of(scene);
}

std::filesystem::path overall_base(const PicturePlan& plan) { return plan.output.folder / "comparison"; }

std::optional<figures::Picture> scene_picture(const ComparisonViews& views, std::uint64_t scene,
                                              const std::string& font) {
    const SceneView view = views.scene(scene);
    figures::DumbbellChart chart;
    chart.title = view.name;
    chart.subtitle = fmt::format("n = {}, rank correlation {}", view.images, rank_text(view.rank_correlation));
    chart.font = font;
    chart.dumbbells = dumbbells_of(view, views, views.file().summary().relevant);
    const std::size_t hidden = cut(chart.dumbbells);
    return draw(std::move(chart), views, "the images of the scene", "by falling difference", hidden);
}

std::optional<figures::Picture> overall_picture(const ComparisonViews& views, std::span<const std::uint64_t> scenes,
                                                const std::string& font) {
    const results::ComparisonSummary summary = views.file().summary();
    figures::DumbbellChart chart;
    chart.title = "Differences over all scenes";
    chart.subtitle = fmt::format("{} images, rank correlation {}", summary.images, rank_text(summary.rank_correlation));
    chart.font = font;
    std::size_t hidden = 0;
    for (const std::uint64_t scene : scenes) {
        const SceneView view = views.scene(scene);
        for (Dumbbell& one : dumbbells_of(view, views, summary.relevant)) {
            one.name = fmt::format("{}: {}", figures::short_name(view.name), figures::short_name(one.name));
            chart.dumbbells.push_back(std::move(one));
        }
        std::stable_sort(chart.dumbbells.begin(), chart.dumbbells.end(), comes_before);
        hidden += cut(chart.dumbbells);
    }
    return draw(std::move(chart), views, "the images of the scene",
                "significant differences first, then by falling difference", hidden);
}

}  // namespace semscope::comparison
