#include "export.hpp"

#include "export_attributions.hpp"
#include "semscope/core/csv.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/json.hpp"
#include "semscope/statistics/scene_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <functional>

namespace semscope::statistics {

namespace {

using Evidence = std::vector<statistics::ClassEvidence>;
using nlohmann::ordered_json;

/// A text that is written, if the file has what it tells of.
struct Export {
    const char* name;
    bool AttributionParts::*needs = nullptr;  ///< null: every file has it
};
constexpr std::array exports{Export{"evaluation.json"},
                             Export{"scenes.csv"},
                             Export{"deviations.csv"},
                             Export{"scenes.json"},
                             Export{"provenance.json"},
                             Export{"images.csv"},
                             Export{"faithfulness.csv", &AttributionParts::curves},
                             Export{"shapley.csv", &AttributionParts::shapley},
                             Export{"interactions.csv", &AttributionParts::interactions}};

bool is_of(const Export& each, const AttributionParts& parts) { return each.needs == nullptr || parts.*each.needs; }

std::string joined(const Evidence& set, const SceneViews& views) {
    std::string text;
    for (const auto& each : set) text += (text.empty() ? "" : "; ") + views.class_name(each.semantic);
    return csv_field(text);
}

void write_evaluation(std::ostream& out, const results::EvaluationSummary& table) {
    // nlohmann writes NaN as null.
    ordered_json json;
    results::visit_evaluation(table, [&](const results::AttributeSpec& spec, auto value) { json[spec.name] = value; });
    out << json_text(json);
}

void write_run(std::ostream& out, const results::Provenance& run) {
    ordered_json json = ordered_json::object();
    for (const auto& [name, text] : run) json[name] = text;
    out << json_text(json);
}

void write_scenes(std::ostream& out, const SceneViews& views) {
    out << "scene,images,accuracy,relevant,irrelevant,distracting\n";
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        const SceneView view = views.scene(c);
        out << fmt::format("{},{},{},{},{},{}\n", csv_field(view.name), view.images, csv_number(view.accuracy()),
                           joined(view.sets.relevant, views), joined(view.sets.irrelevant, views),
                           joined(view.sets.distracting, views));
    }
}

/// The classes of each scene with the numbers of the attribution that the views are of.
void write_classes(std::ostream& out, const SceneViews& views) {
    out << "scene,class,n,present,mean,ci_low,ci_high,q,set\n";
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        const SceneView view = views.scene(c);
        for (const ClassView& each : view.classes)
            if (each.present > 0 || each.set != statistics::Relevance::absent)
                out << fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_field(view.name),
                                   csv_field(views.class_name(each.evidence.semantic)), view.correct, each.present,
                                   csv_number(each.evidence.mean), csv_number(each.ci_low), csv_number(each.ci_high),
                                   csv_number(each.q_value), name_of(each.set));
    }
}

const char* name_of_status(std::uint8_t status) {
    constexpr std::array status_names{"pending", "done", "unreadable", "not finite"};
    return status_names.at(status);
}

/// Writes the images in blocks, so that the file is never in memory as a whole.
void write_images(std::ostream& out, const results::StatisticsReader& file, const SceneViews& views) {
    out << "path,status,scene,predicted,p_scene,p_predicted,rank,loss,correct,supporting,supporting_deviation,opposing,"
           "opposing_deviation,distractor,flips\n";
    const auto scene = [&](std::int32_t index) {
        return index < 0 ? "" : csv_field(views.scene_names().at(static_cast<std::size_t>(index)));
    };
    const auto semantic = [&](std::uint16_t index) { return index == 0 ? "" : csv_field(views.class_name(index)); };
    constexpr std::uint64_t block = 4096;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const results::Range range{begin, std::min(begin + block, file.images())};
        const auto paths = file.image_paths(range);
        const results::ImageStatistics rows = file.image_statistics(range);
        std::size_t flip = 0;
        for (std::size_t i = 0; i < paths.size(); ++i) {
            std::string flips;
            for (std::uint64_t k = 0; k < rows.flip_count[i]; ++k)
                flips += (k == 0 ? "" : "; ") + views.class_name(rows.flip[flip++]);
            const bool known = rows.rank[i] > 0;
            out << fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(paths[i]),
                               name_of_status(rows.status[i]), scene(rows.scene[i]), scene(rows.predicted[i]),
                               csv_number(rows.scene_probability[i]), csv_number(rows.predicted_probability[i]),
                               known ? fmt::format("{}", rows.rank[i]) : "", csv_number(rows.loss[i]),
                               known ? (rows.correct[i] != 0 ? "1" : "0") : "", semantic(rows.supporting[i]),
                               csv_number(rows.supporting_deviation[i]), semantic(rows.opposing[i]),
                               csv_number(rows.opposing_deviation[i]), semantic(rows.distractor[i]), csv_field(flips));
        }
    }
}

ordered_json describe(const Evidence& set, const SceneView& view, const SceneViews& views) {
    ordered_json list = ordered_json::array();
    for (const auto& each : set) {
        const ClassView& one = view.classes[each.semantic];
        list.push_back({{"class", views.class_name(each.semantic)},
                        {"present", one.present},
                        {"mean", each.mean},
                        {"ci_low", one.ci_low},
                        {"ci_high", one.ci_high},
                        {"q", one.q_value},
                        {"strongest", each.strongest},
                        {"flip", each.flip}});
    }
    return list;
}

/// One scene a line, so that the file is never in memory as a whole.
void write_scene_sets(std::ostream& out, const SceneViews& views) {
    out << "[";
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        const SceneView view = views.scene(c);
        const ordered_json json{{"scene", view.name},
                                {"images", view.images},
                                {"correct", view.correct},
                                {"accuracy", view.accuracy()},
                                {"relevant", describe(view.sets.relevant, view, views)},
                                {"irrelevant", describe(view.sets.irrelevant, view, views)},
                                {"distracting", describe(view.sets.distracting, view, views)}};
        out << (c == 0 ? "\n" : ",\n") << json_line(json);
    }
    out << "\n]\n";
}

}  // namespace

std::vector<std::filesystem::path> export_paths(const std::filesystem::path& statistics,
                                                const AttributionParts& parts) {
    std::vector<std::filesystem::path> paths;
    const std::string stem = statistics.stem().string();
    const std::string prefix = stem == "statistics" ? "" : stem + ".";
    for (const Export& each : exports)
        if (is_of(each, parts)) paths.push_back(statistics.parent_path() / (prefix + each.name));
    return paths;
}

void write_exports(const results::StatisticsReader& file, const results::Provenance& run,
                   const std::filesystem::path& statistics, const std::string& suffix) {
    const SceneViews views(file), by_deviation(file, Attribution::occlusion);
    const std::array<std::function<void(std::ostream&)>, exports.size()> writers{
        [&](std::ostream& out) { write_evaluation(out, file.evaluation()); },
        [&](std::ostream& out) { write_scenes(out, views); },
        [&](std::ostream& out) { write_classes(out, by_deviation); },
        [&](std::ostream& out) { write_scene_sets(out, views); },
        [&](std::ostream& out) { write_run(out, run); },
        [&](std::ostream& out) { write_images(out, file, views); },
        [&](std::ostream& out) { write_faithfulness(out, file, views); },
        [&](std::ostream& out) { write_classes(out, SceneViews(file, Attribution::shapley)); },
        [&](std::ostream& out) { write_interactions(out, file, views); }};
    const AttributionParts parts{file.has_shapley(), file.has_faithfulness(), file.has_interactions()};
    const auto paths = export_paths(statistics, parts);
    auto next = paths.begin();
    for (std::size_t i = 0; i < exports.size(); ++i) {
        if (!is_of(exports.at(i), parts)) continue;
        const std::string path = (next++)->string() + suffix;
        std::ofstream out(path);
        writers.at(i)(out);
        if (!out.flush()) throw IoError(fmt::format("{}: cannot be written", path));
    }
}

}  // namespace semscope::statistics
