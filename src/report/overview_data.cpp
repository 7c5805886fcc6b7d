#include "overview_data.hpp"

#include "pack.hpp"
#include "semscope/comparison/agreement.hpp"
#include "semscope/comparison/views.hpp"
#include "semscope/figures/colour.hpp"
#include "semscope/figures/colour_map.hpp"
#include "semscope/postprocess/attribution_charts.hpp"
#include "semscope/postprocess/selection.hpp"
#include "semscope/statistics/scene_view.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::report {

using nlohmann::ordered_json;
using results::DeviationSet;
using results::OcclusionReader;
using results::Range;

namespace {

using comparison::significant;

constexpr std::size_t most_pairs = 500;
constexpr std::size_t most_paths = 1000;

/// The texts that say what ran.
ordered_json provenance_of(const OcclusionReader& file) {
    ordered_json json;
    for (const char* name :
         {"software_version", "git_revision", "created", "slurm_job_id", "device", "hardware", "precision", "libraries",
          "model_sha256", "image_list_sha256", "configuration_digest", "command_line", "configuration"})
        if (const std::string text = file.attribute(name); !text.empty()) json[name] = text;
    json["ranks"] = file.ranks();
    json["complete"] = file.complete();
    return json;
}

ordered_json colours_of(const figures::ColourMap& map) {
    std::string text;
    for (std::size_t level = 0; level < figures::ColourMap::levels; ++level) text += figures::hex(map[level]).substr(1);
    return text;
}

/// Sums over the scenes for each class.
struct ClassTotals {
    explicit ClassTotals(std::size_t semantics)
        : in_set(semantics),
          distracting(semantics),
          present(semantics),
          flip(semantics),
          sum(semantics),
          strongest_mean(semantics, std::nan("")),
          strongest_scene(semantics, -1) {}
    std::vector<std::array<std::uint64_t, 4>> in_set;  ///< scenes by Relevance
    std::vector<std::uint64_t> distracting;            ///< scenes; a class can be relevant as well
    std::vector<std::uint64_t> present;                ///< correctly predicted images with the class
    std::vector<std::uint64_t> flip;
    std::vector<double> sum;  ///< of the deviations over all correctly predicted images
    std::vector<double> strongest_mean;
    std::vector<std::int64_t> strongest_scene;
    std::uint64_t images = 0;  ///< correctly predicted
};

/// Scenes one after the other; adds to the totals of the classes.
ordered_json describe_scenes(const OverviewSource& source, ClassTotals& totals) {
    const statistics::SceneViews views(source.statistics, Attribution::occlusion);
    ordered_json json;
    for (const char* name : {"name", "images", "top1", "top2", "top5", "correct", "predicted", "relevant",
                             "significant", "distracting", "shown"})
        json[name] = ordered_json::array();
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        const Range range{c, c + 1};
        const auto view = views.scene(c);
        const std::uint32_t correct = source.statistics.images(DeviationSet::correct, range)[0];
        totals.images += correct;
        const auto sure = std::count_if(view.sets.relevant.begin(), view.sets.relevant.end(), [&](const auto& each) {
            return view.classes[each.semantic].q_value < significant;
        });
        for (std::size_t s = 1; s < view.classes.size(); ++s) {
            const auto& one = view.classes[s];
            ++totals.in_set[s][static_cast<std::size_t>(one.set)];
            totals.present[s] += one.present;
            totals.flip[s] += one.evidence.flip;
            if (correct == 0 || std::isnan(one.evidence.mean)) continue;
            totals.sum[s] += one.evidence.mean * correct;
            if (one.present > 0 && !(std::abs(one.evidence.mean) <= std::abs(totals.strongest_mean[s]))) {
                totals.strongest_mean[s] = one.evidence.mean;
                totals.strongest_scene[s] = static_cast<std::int64_t>(c);
            }
        }
        for (const auto& each : view.sets.distracting) ++totals.distracting[each.semantic];
        json["name"].push_back(view.name);
        json["images"].push_back(view.images);
        for (const int k : {1, 2, 5})
            json["top" + std::to_string(k)].push_back(source.statistics.scene_top(k, range)[0]);
        json["correct"].push_back(correct);
        json["predicted"].push_back(source.statistics.images(DeviationSet::predicted, range)[0]);
        json["relevant"].push_back(view.sets.relevant.size());
        json["significant"].push_back(sure);
        json["distracting"].push_back(view.sets.distracting.size());
        std::size_t shown = 0;
        for (const auto& gallery : source.galleries[c].images) shown += gallery.size();
        json["shown"].push_back(shown);
    }
    return json;
}

ordered_json describe_classes(const std::vector<std::string>& names, const ClassTotals& totals,
                              const figures::Palette& palette) {
    ordered_json json;
    for (std::size_t s = 0; s < names.size(); ++s) {
        json["name"].push_back(names[s]);
        json["colour"].push_back(figures::hex(palette.area(s)));
        json["relevant"].push_back(totals.in_set[s][1]);
        json["irrelevant"].push_back(totals.in_set[s][2]);
        json["distracting"].push_back(totals.distracting[s]);
        json["present"].push_back(totals.present[s]);
        json["flip"].push_back(totals.flip[s]);
        json["mean"].push_back(totals.images > 0 ? totals.sum[s] / static_cast<double>(totals.images) : std::nan(""));
        json["strongest_mean"].push_back(totals.strongest_mean[s]);
        json["strongest_scene"].push_back(totals.strongest_scene[s]);
    }
    return json;
}

ordered_json describe_pairs(const Predictions& predictions) {
    const auto pairs = confusions(predictions);
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < std::min(most_pairs, pairs.size()); ++i)
        list.push_back({pairs[i].truth, pairs[i].predicted, pairs[i].images});
    return {{"total", pairs.size()}, {"most", std::move(list)}};
}

/// Paths of the images with one status.
ordered_json paths_with(const OcclusionReader& file, results::ImageStatus wanted) {
    constexpr std::uint64_t block = 4096;
    std::uint64_t total = 0;
    ordered_json list = ordered_json::array();
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const Range range{begin, std::min(file.images(), begin + block)};
        const auto status = file.image_status(range);
        for (std::size_t i = 0; i < status.size(); ++i) {
            if (status[i] != static_cast<std::uint8_t>(wanted) || ++total > most_paths) continue;
            list.push_back(file.image_paths({begin + i, begin + i + 1})[0]);
        }
    }
    return {{"total", total}, {"paths", std::move(list)}};
}

ordered_json first_of(const std::vector<std::string>& texts) {
    const auto end = texts.begin() + static_cast<std::ptrdiff_t>(std::min(most_paths, texts.size()));
    return {{"total", texts.size()}, {"first", std::vector<std::string>(texts.begin(), end)}};
}

}  // namespace

ordered_json describe_overview(const OverviewSource& source) {
    const cli::Settings& settings = source.settings;
    ordered_json json{{"format", "semscope report"}, {"format_version", 1}};
    json["run"] = provenance_of(*source.run.file);
    json["run"]["model"] = settings.model.path.filename().string();
    json["run"]["data"] = settings.data.root.string();
    json["run"]["fill"] = name_of(settings.occlusion.fill);
    json["run"]["mode"] = name_of(settings.occlusion.mode);
    json["side"] = settings.preprocess.geometry.crop;
    const auto evaluation = source.statistics.evaluation();
    results::visit_evaluation(
        evaluation, [&](const results::AttributeSpec& spec, auto value) { json["evaluation"][spec.name] = value; });
    const auto statistics_settings = source.statistics.settings();
    results::visit_settings(statistics_settings, [&](const results::AttributeSpec& spec, auto value) {
        if (!spec.of_shapley || source.statistics.has_shapley()) json["settings"][spec.name] = value;
    });
    json["settings"]["significant"] = significant;
    ClassTotals totals(source.statistics.semantics());
    json["scenes"] = describe_scenes(source, totals);
    json["classes"] =
        describe_classes(source.statistics.semantic_names(), totals,
                         postprocess::selected_palette(source.settings.figures, source.statistics.semantics()));
    json["confusions"] = describe_pairs(source.run.predictions);
    json["unreadable"] = paths_with(*source.run.file, results::ImageStatus::unreadable);
    json["not_finite"] = paths_with(*source.run.file, results::ImageStatus::not_finite);
    json["shown"] = source.images;
    json["missing_photos"] = first_of(source.missing_photos);
    json["missing_labels"] = first_of(source.missing_labels);
    json["against"] = source.other == nullptr ? ordered_json(nullptr) : provenance_of(*source.other->run.file);
    if (source.statistics.has_faithfulness()) {
        auto chart = postprocess::curve_chart(source.statistics, std::nullopt, settings.figures.font);
        json["curves"] = chart.series.empty() ? ordered_json(nullptr)
                                              : ordered_json(compressed_base64(figures::render(
                                                    figures::draw_curves(std::move(chart)), figures::Format::svg)));
    }
    json["colours"]["plasma"] = colours_of(figures::plasma());
    json["colours"]["diverging"] = colours_of(figures::diverging());
    return json;
}

ordered_json describe_images(const Run& run, std::span<const std::uint64_t> images) {
    ordered_json list = ordered_json::array();
    for (const std::uint64_t image : images)
        list.push_back(
            {image, run.source->path(image), run.predictions.truth[image], run.predictions.predicted[image]});
    return list;
}

ordered_json describe_comparison(const OverviewSource& source, std::span<const std::uint64_t> images,
                                 std::vector<Difference> differences) {
    const Predictions &first = source.run.predictions, &second = source.other->run.predictions;
    comparison::Agreement agreement;
    ordered_json changed = ordered_json::array();
    for (std::uint64_t image = 0; image < first.truth.size(); ++image) {
        const std::int64_t there = source.other->match[image];
        if (there < 0 || first.predicted[image] < 0) continue;
        const std::int32_t other = second.predicted[static_cast<std::size_t>(there)];
        if (other < 0) continue;
        agreement.add(first.truth[image], first.predicted[image], other);
        if (other != first.predicted[image] && std::binary_search(images.begin(), images.end(), image))
            changed.push_back(
                {image, source.run.source->path(image), first.truth[image], first.predicted[image], other});
    }
    const auto size_of = [](const Difference& each) { return std::abs(each.first - each.second); };
    std::stable_sort(differences.begin(), differences.end(),
                     [&](const Difference& a, const Difference& b) { return size_of(a) > size_of(b); });
    ordered_json largest = ordered_json::array();
    for (const Difference& each : std::span(differences).first(std::min(most_pairs, differences.size())))
        largest.push_back({each.image, source.run.source->path(each.image), first.predicted[each.image], each.semantic,
                           each.first, each.second});
    ordered_json json{{"common", agreement.images},
                      {"judged", agreement.judged},
                      {"same_prediction", agreement.same_prediction},
                      {"correct_first", agreement.correct_first},
                      {"correct_second", agreement.correct_second}};
    json["changed"] = std::move(changed);
    json["largest"] = std::move(largest);
    return json;
}

}  // namespace semscope::report
