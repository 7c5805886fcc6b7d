#include "export.hpp"

#include "semscope/cli/configuration.hpp"
#include "semscope/comparison/views.hpp"
#include "semscope/core/csv.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <fstream>
#include <functional>

namespace semscope::comparison {
namespace {

using nlohmann::ordered_json;
using results::ComparisonReader;
using results::Role;
using results::Side;
using results::sides;

constexpr std::array endings{".json", ".scenes.csv", ".classes.csv", ".images.csv", ".provenance.json"};
constexpr std::size_t most_explaining = 10;

void append_name(std::string& list, const std::string& name) { list += (list.empty() ? "" : "; ") + name; }

/// The relevant classes of a scene: of both files, of the first alone, of the second alone.
std::array<std::string, 3> relevant_classes(const SceneView& view, const ComparisonViews& views) {
    std::array<std::string, 3> lists;
    for (const ClassView& each : view.classes) {
        if (!each.relevant[0] && !each.relevant[1]) continue;
        const std::size_t list = each.relevant[0] && each.relevant[1] ? 0 : each.relevant[0] ? 1 : 2;
        append_name(lists.at(list), views.class_name(each.semantic));
    }
    return lists;
}

void write_scenes(std::ostream& out, const ComparisonViews& views) {
    out << "scene,images,rank_images,rank_correlation,rank_ci_low,rank_ci_high,jaccard,both,first_alone,second_alone,"
           "neither,relevant_both,relevant_first_alone,relevant_second_alone\n";
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        const SceneView view = views.scene(c);
        const auto relevant = relevant_classes(view, views);
        out << fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(view.name), view.images,
                           view.rank_images, csv_number(view.rank_correlation.mean),
                           csv_number(view.rank_correlation.low), csv_number(view.rank_correlation.high),
                           csv_number(view.jaccard), view.both, view.alone[0], view.alone[1], view.neither,
                           csv_field(relevant[0]), csv_field(relevant[1]), csv_field(relevant[2]));
    }
}

void write_classes(std::ostream& out, const ComparisonViews& views) {
    out << "scene,class,n,present,mean_first,mean_second,difference,ci_low,ci_high,p,q,relevant_first,relevant_second,"
           "first_alone_necessary,first_alone_flip,second_alone_necessary,second_alone_flip\n";
    for (std::uint64_t c = 0; c < views.size(); ++c) {
        const SceneView view = views.scene(c);
        for (const ClassView& each : view.classes) {
            if (each.present == 0) continue;
            out << fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(view.name),
                               csv_field(views.class_name(each.semantic)), view.images, each.present,
                               csv_number(each.mean_first), csv_number(each.mean_second), csv_number(each.difference),
                               csv_number(each.ci_low), csv_number(each.ci_high), csv_number(each.p_value),
                               csv_number(each.q_value), each.relevant[0] ? 1 : 0, each.relevant[1] ? 1 : 0,
                               each.necessary[0], each.flip[0], each.necessary[1], each.flip[1]);
        }
    }
}

/// Walks through the explanations of the images, which ascend.
class Explanations {
  public:
    explicit Explanations(const ComparisonViews& views) : views_(views) {}

    /// The classes that have a role in an image, parted by "; ". Images are asked for in ascending order.
    std::array<std::string, 2> of(std::uint64_t image) {
        std::array<std::string, 2> lists;
        for (; next() && rows_.explanation_image[place_] == image; ++place_) {
            const auto role = rows_.explanation_role[place_];
            const std::string& name = views_.class_name(rows_.explanation_semantic[place_]);
            if ((role & static_cast<std::uint8_t>(Role::necessary)) != 0) append_name(lists[0], name);
            if ((role & static_cast<std::uint8_t>(Role::flip)) != 0) append_name(lists[1], name);
        }
        return lists;
    }

  private:
    /// Whether there is a row; reads the next block where need be.
    bool next() {
        if (place_ < rows_.explanation_image.size()) return true;
        constexpr std::uint64_t block = 65536;
        const std::uint64_t total = views_.file().explanations();
        if (read_ == total) return false;
        const results::Range range{read_, std::min(total, read_ + block)};
        rows_ = views_.file().read_explanations(range);
        read_ = range.end;
        place_ = 0;
        return true;
    }

    const ComparisonViews& views_;
    results::ComparedImages rows_;
    std::size_t place_ = 0;
    std::uint64_t read_ = 0;
};

/// Which file recognises an image: "" where its scene is unknown or a file has no result of it.
const char* recognised_by(std::int32_t truth, std::int32_t first, std::int32_t second) {
    if (truth < 0 || first < 0 || second < 0) return "";
    if (first == truth) return second == truth ? "both" : "first";
    return second == truth ? "second" : "neither";
}

void write_images(std::ostream& out, const ComparisonViews& views) {
    constexpr std::uint64_t block = 4096;
    const ComparisonReader& file = views.file();
    const auto scene = [&](std::int32_t index) {
        return index < 0 ? std::string() : csv_field(views.scene_names().at(static_cast<std::size_t>(index)));
    };
    Explanations explanations(views);
    out << "image,scene,predicted_first,predicted_second,recognised,classes,rank_correlation,necessary,flip\n";
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const results::Range range{begin, std::min(file.images(), begin + block)};
        const auto paths = file.image_paths(range);
        const auto rows = file.read_images(range);
        for (std::size_t i = 0; i < paths.size(); ++i) {
            const auto lists = explanations.of(begin + i);
            const std::int32_t first = rows.predicted[0][i], second = rows.predicted[1][i];
            out << fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_field(paths[i]), scene(rows.scene[i]), scene(first),
                               scene(second), recognised_by(rows.scene[i], first, second), rows.classes[i],
                               csv_number(rows.rank_correlation[i]), csv_field(lists[0]), csv_field(lists[1]));
        }
    }
}

ordered_json describe_class(const ClassView& each, const ComparisonViews& views) {
    return {{"class", views.class_name(each.semantic)},
            {"present", each.present},
            {"mean_first", each.mean_first},
            {"mean_second", each.mean_second},
            {"difference", each.difference},
            {"ci_low", each.ci_low},
            {"ci_high", each.ci_high},
            {"q", each.q_value}};
}

ordered_json describe_scene(const SceneView& view, const ComparisonViews& views) {
    ordered_json json{{"scene", view.name},
                      {"images", view.images},
                      {"rank_correlation",
                       {{"images", view.rank_images},
                        {"mean", view.rank_correlation.mean},
                        {"ci_low", view.rank_correlation.low},
                        {"ci_high", view.rank_correlation.high}}},
                      {"jaccard", view.jaccard},
                      {"recognised",
                       {{"both", view.both},
                        {"first_alone", view.alone[0]},
                        {"second_alone", view.alone[1]},
                        {"neither", view.neither}}}};
    json["relevant"] = {{"both", ordered_json::array()},
                        {"first_alone", ordered_json::array()},
                        {"second_alone", ordered_json::array()}};
    json["significant"] = ordered_json::array();
    for (const ClassView& each : view.classes)
        if (each.relevant[0] || each.relevant[1])
            json["relevant"][each.relevant[0] && each.relevant[1] ? "both"
                             : each.relevant[0]                   ? "first_alone"
                                                                  : "second_alone"]
                .push_back(views.class_name(each.semantic));
    for (const ClassView& each : view.by_difference())
        if (each.q_value < significant) json["significant"].push_back(describe_class(each, views));
    json["explaining"] = ordered_json::array();
    for (const ClassView& each : view.explaining(most_explaining)) {
        ordered_json entry{{"class", views.class_name(each.semantic)}};
        for (const Side side : sides)
            entry[fmt::format("{}_alone", results::name_of(side))] = {{"necessary", each.necessary.at(index_of(side))},
                                                                      {"flip", each.flip.at(index_of(side))}};
        json["explaining"].push_back(std::move(entry));
    }
    return json;
}

/// One scene a line, so that the file is never in memory as a whole.
void write_json(std::ostream& out, const ComparisonViews& views) {
    const ComparisonReader& file = views.file();
    ordered_json json{{"format", results::comparison_format}, {"format_version", results::comparison_format_version}};
    json.update(describe_files(file));
    json.update(describe_summary(file));
    std::string head = json_text(json);
    head.erase(head.rfind("\n}"));
    out << head << ",\n  \"scenes\": [";
    for (std::uint64_t c = 0; c < views.size(); ++c)
        out << (c == 0 ? "\n" : ",\n") << json_line(describe_scene(views.scene(c), views));
    out << "\n]}\n";
}

void write_run(std::ostream& out, const results::Provenance& run) {
    ordered_json json = ordered_json::object();
    for (const auto& [name, text] : run) json[name] = text;
    out << json_text(json);
}

}  // namespace

ordered_json describe_files(const ComparisonReader& file) {
    ordered_json json;
    for (const Side side : sides) {
        const std::string name = results::name_of(side);
        json[name] = {{"label", file.attribute(name)}};
        for (const char* attribute : {"model_sha256", "configuration_digest", "occlusion_identity"})
            json[name][attribute] = file.attribute(fmt::format("{}_{}", name, attribute));
    }
    json["settings"] = ordered_json::array();
    for (const cli::Difference& each :
         cli::differences(file.attribute("first_configuration"), file.attribute("second_configuration")))
        if (!each.name.starts_with("output."))
            json["settings"].push_back({{"option", each.name}, {"first", each.then}, {"second", each.now}});
    return json;
}

ordered_json describe_summary(const ComparisonReader& file) {
    ordered_json json;
    const results::ComparisonSummary summary = file.summary();
    results::visit_comparison(summary, [&](const results::AttributeSpec& spec, auto value) {
        json[std::string(spec.group).substr(1)][spec.name] = value;  // nlohmann writes NaN as null
    });
    return json;
}

std::vector<std::filesystem::path> export_paths(const std::filesystem::path& comparison) {
    std::vector<std::filesystem::path> paths;
    paths.reserve(endings.size());
    for (const char* ending : endings)
        paths.push_back(comparison.parent_path() / (comparison.stem().string() + ending));
    return paths;
}

void write_exports(const ComparisonReader& file, const results::Provenance& run,
                   const std::filesystem::path& comparison, const std::string& suffix) {
    const ComparisonViews views(file);
    const std::array<std::function<void(std::ostream&)>, endings.size()> writers{
        [&](std::ostream& out) { write_json(out, views); }, [&](std::ostream& out) { write_scenes(out, views); },
        [&](std::ostream& out) { write_classes(out, views); }, [&](std::ostream& out) { write_images(out, views); },
        [&](std::ostream& out) { write_run(out, run); }};
    const auto paths = export_paths(comparison);
    for (std::size_t i = 0; i < writers.size(); ++i) {
        const std::string path = paths[i].string() + suffix;
        std::ofstream out(path);
        writers.at(i)(out);
        if (!out.flush()) throw IoError(fmt::format("{}: cannot be written", path));
    }
}

}  // namespace semscope::comparison
