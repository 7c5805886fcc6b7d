#include "report.hpp"
#include "semscope/core/json.hpp"
#include "semscope/core/text.hpp"
#include "semscope/inspection/inspection.hpp"
#include "semscope/statistics/scene_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace semscope::inspection {

namespace {

std::uint64_t find_scene(const statistics::SceneViews& views, const std::string& name) {
    const auto& names = views.scene_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::uint64_t>(found - names.begin());
    throw InputError(fmt::format("there is no scene \"{}\"{}", name, suggest(name, names)));
}

/// Length in proportion to the largest: + supports the scene, - speaks against it.
std::string bar(double value, double largest) {
    constexpr double width = 24;
    if (!std::isfinite(value) || largest <= 0) return "";
    return std::string(static_cast<std::size_t>(std::lround(width * std::abs(value) / largest)), value < 0 ? '-' : '+');
}

std::string cell(double value, int precision) {
    return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, precision);
}

/// By falling mean; those without a mean by what they distract.
bool ranks_before(const statistics::ClassView& a, const statistics::ClassView& b) {
    const double left = std::isnan(a.evidence.mean) ? 0 : a.evidence.mean;
    const double right = std::isnan(b.evidence.mean) ? 0 : b.evidence.mean;
    if (left != right) return left > right;
    return std::pair(b.evidence.strongest, b.evidence.flip) < std::pair(a.evidence.strongest, a.evidence.flip);
}

}  // namespace

std::string statistics_summary(const results::StatisticsReader& file) {
    const auto evaluation = file.evaluation();
    const auto settings = file.settings();
    std::string out = fmt::format("statistics file\n{}  {}\n", statistics::evaluation_table(evaluation),
                                  statistics::describe_images(evaluation));
    out += fmt::format("  scenes      {}\n  semantics   {} and unlabelled\n", file.scenes(), file.semantics() - 1);
    out += fmt::format("  deviations  {} of correct predictions, {} of all\n",
                       file.samples(results::DeviationSet::correct), file.samples(results::DeviationSet::predicted));
    out += fmt::format("  relevant above {}, distracting below -{}{}\n", settings.relevant, settings.distracting,
                       settings.shapley != 0 ? ", by Shapley values" : "");
    out += fmt::format("  {} resamples, {} permutations, seed {}\n", settings.resamples, settings.permutations,
                       settings.seed);
    visit_provenance(
        file, [&](const char* name, const std::string& text) { out += fmt::format("  {:<24} {}\n", name, text); });
    return out + "configuration:\n" + file.attribute("configuration");
}

std::string statistics_json(const results::StatisticsReader& file) {
    const auto evaluation = file.evaluation();
    const auto settings = file.settings();
    nlohmann::ordered_json json{{"format", results::statistics_format},
                                {"format_version", results::statistics_format_version}};
    results::visit_evaluation(evaluation,
                              [&](const results::AttributeSpec& spec, auto value) { json[spec.name] = value; });
    json["scenes"] = file.scenes();
    json["semantics"] = file.semantics();
    json["deviations_correct"] = file.samples(results::DeviationSet::correct);
    json["deviations_predicted"] = file.samples(results::DeviationSet::predicted);
    json["relevant"] = settings.relevant;
    json["distracting"] = settings.distracting;
    json["seed"] = settings.seed;
    json["resamples"] = settings.resamples;
    json["permutations"] = settings.permutations;
    visit_provenance(file, [&](const char* name, const std::string& text) { json[name] = text; });
    json["configuration"] = file.attribute("configuration");
    return json_text(json);
}

std::string scene_table(const results::StatisticsReader& file, const std::string& name) {
    const statistics::SceneViews views(file);
    statistics::SceneView view = views.scene(find_scene(views, name));
    std::erase_if(view.classes, [](const statistics::ClassView& each) {
        return each.present == 0 && each.set == statistics::Relevance::absent;
    });
    std::stable_sort(view.classes.begin(), view.classes.end(), ranks_before);
    double largest = 0;
    std::size_t width = 5;
    for (const statistics::ClassView& each : view.classes) {
        if (!std::isnan(each.evidence.mean)) largest = std::max(largest, std::abs(each.evidence.mean));
        width = std::max(width, views.class_name(each.evidence.semantic).size());
    }
    std::string out = fmt::format("{}: {} images, {} recognised ({} %)\n\n", view.name, view.images, view.correct,
                                  cell(view.accuracy(), 2));
    out += fmt::format("{:<{}} {:>7} {:>8} {:>19} {:>7} {:>9} {:>5}  set\n", "class", width, "present",
                       views.attribution() == Attribution::shapley ? "shapley" : "mean", "95 % interval", "q",
                       "strongest", "flip");
    const bool few = view.correct > 0 && view.correct <= results::few_images;
    for (const statistics::ClassView& each : view.classes) {
        const std::string interval = fmt::format("{} .. {}", cell(each.ci_low, 4), cell(each.ci_high, 4));
        out += fmt::format("{:<{}} {:>7} {:>8} {:>19}{} {:>{}} {:>9} {:>5}  {:<11} {}",
                           views.class_name(each.evidence.semantic), width, each.present, cell(each.evidence.mean, 4),
                           interval, few ? "\u2020" : "", cell(each.q_value, 4), few ? 6 : 7, each.evidence.strongest,
                           each.evidence.flip, statistics::name_of(each.set), bar(each.evidence.mean, largest));
        out.erase(out.find_last_not_of(' ') + 1);  // no bar, no trailing blanks
        out += '\n';
    }
    if (few)
        out += fmt::format("\n\u2020 an interval of {} {}, which is no more than a hint\n", view.correct,
                           view.correct == 1 ? "image" : "images");
    return out;
}

ExitCode check_statistics(const results::StatisticsReader& file, const std::filesystem::path& path) {
    return conclude_check(
        path, results::check_statistics_content(file),
        fmt::format("{} scenes, {} classes: schema and content are sound", file.scenes(), file.semantics() - 1));
}

}  // namespace semscope::inspection
