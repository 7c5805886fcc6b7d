#include "semscope/results/statistics_file.hpp"

#include "schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "statistics_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace semscope::results {

namespace {

/// Of curve_areas.
std::vector<std::string> area_names() { return {"deletion", "deletion_pixels", "insertion", "insertion_pixels"}; }

std::vector<double> curve_shares() {
    std::vector<double> shares;
    for (std::size_t i = 0; i < curve_points; ++i)
        shares.push_back(static_cast<double>(i) / static_cast<double>(curve_points - 1));
    return shares;
}

Extents extents_of(const StatisticsLayout& layout) {
    const StatisticsSchema& table = statistics_schema();
    const std::uint64_t scenes = layout.scenes.size();
    const std::uint64_t semantics = layout.semantics.size();
    std::set<Part> parts;
    if (!layout.order_kinds.empty()) parts.insert(Part::curves);
    if (layout.shapley) parts.insert(Part::shapley);
    if (layout.pairs) parts.insert(Part::interactions);
    const auto pairs = layout.pairs.value_or(std::array<std::uint64_t, 2>{});
    return {.lengths = {{Dimension::scene, scenes},
                        {Dimension::predicted_scene, scenes},
                        {Dimension::semantic, semantics},
                        {Dimension::sample_boundary, scenes * semantics + 1},
                        {Dimension::correct_sample, layout.samples[0]},
                        {Dimension::predicted_sample, layout.samples[1]},
                        {Dimension::image, layout.images},
                        {Dimension::image_boundary, layout.images + 1},
                        {Dimension::image_flip, layout.flips},
                        {Dimension::faithfulness_area, curve_areas.size()},
                        {Dimension::order_kind, layout.order_kinds.size()},
                        {Dimension::curve_point, curve_points},
                        {Dimension::scene_boundary, scenes + 1},
                        {Dimension::predicted_pair, pairs[0]},
                        {Dimension::truth_pair, pairs[1]}},
            .text_bytes = {{table.scene_name.path, maximum_text_bytes(layout.scenes)},
                           {table.semantic_name.path, maximum_text_bytes(layout.semantics)},
                           {table.of_image.path.path, layout.maximum_path_bytes},
                           {table.curve_area_name.path, maximum_text_bytes(area_names())},
                           {table.order_kind_name.path, maximum_text_bytes(layout.order_kinds)}},
            .parts = std::move(parts)};
}

void write_paths(const hdf5::File& file, const StatisticsLayout& layout) {
    hdf5::Dataset paths = file.dataset(statistics_schema().of_image.path.path);
    constexpr std::uint64_t block = 65536;
    for (std::uint64_t begin = 0; begin < layout.images; begin += block)
        paths.write_strings(begin, layout.image_paths({begin, std::min(begin + block, layout.images)}));
}

}  // namespace

const char* name_of(InteractionScene scene) { return scene == InteractionScene::truth ? "truth" : "predicted"; }
const char* name_of(DeviationSet set) { return set == DeviationSet::correct ? "correct" : "predicted"; }

void create_statistics_file(const std::filesystem::path& path, const StatisticsLayout& layout,
                            const Provenance& provenance) {
    create_file(path, statistics_schema(), extents_of(layout), [&](hdf5::File& file) {
        file.dataset(statistics_schema().scene_name.path).write_strings(0, layout.scenes);
        file.dataset(statistics_schema().semantic_name.path).write_strings(0, layout.semantics);
        write_paths(file, layout);
        if (!layout.order_kinds.empty()) {
            file.dataset(statistics_schema().curve_area_name.path).write_strings(0, area_names());
            file.dataset(statistics_schema().order_kind_name.path).write_strings(0, layout.order_kinds);
            file.dataset(statistics_schema().curve_share.path).write<double>(Range{0, curve_points}, curve_shares());
        }
        for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
        const auto write = [&](const AttributeSpec& spec, const auto& value) {
            if (spec.of_shapley && !layout.shapley) return;
            hdf5::write_attribute(file.group(spec.group).get(), spec.name, value);
        };
        visit_evaluation(layout.evaluation, write);
        visit_settings(layout.settings, write);
    });
}

namespace {

/// Reads attributes into the members that a table binds to them.
auto reads_attributes_of(const hdf5::File& file, std::uint64_t version, bool shapley) {
    return [&file, version, shapley](const AttributeSpec& spec, auto& value) {
        if (spec.since > version || (spec.of_shapley && !shapley)) return;
        const hdf5::Handle group = file.group(spec.group);
        if constexpr (std::is_same_v<decltype(value), double&>)
            value = hdf5::read_real_attribute(group.get(), spec.name);
        else
            value = hdf5::read_integer_attribute(group.get(), spec.name);
    };
}

}  // namespace

StatisticsReader::StatisticsReader(const std::filesystem::path& path)
    : file_(hdf5::File::open(path, hdf5::Access::read)) {
    const StatisticsSchema& table = statistics_schema();
    format_version_ = require_format(file_, table);
    scenes_ = class_count(file_, table.scene_name, maximum_scenes);
    semantics_ = class_count(file_, table.semantic_name, maximum_semantics);
    if (has_images()) {
        images_ = extent(file_, table.of_image.path.path);
        flips_ = extent(file_, table.of_image.flip.path);
    }
    const auto samples = [&](DeviationSet set) { return extent(file_, table.deviation(set).sample_value.path); };
    const std::set<Part> parts = parts_of(file_, table);
    shapley_ = parts.contains(Part::shapley);
    if (parts.contains(Part::interactions)) pairs_.emplace();
    for (const InteractionScene of : {InteractionScene::predicted, InteractionScene::truth})
        if (pairs_) pairs_->at(static_cast<std::size_t>(of)) = extent(file_, table.interaction(of).first.path);
    const auto pairs = pairs_.value_or(std::array<std::uint64_t, 2>{});
    if (parts.contains(Part::curves)) order_kinds_ = class_count(file_, table.order_kind_name, maximum_scenes);
    require_datasets(file_, table,
                     {.lengths = {{Dimension::scene, scenes_},
                                  {Dimension::predicted_scene, scenes_},
                                  {Dimension::semantic, semantics_},
                                  {Dimension::sample_boundary, scenes_ * semantics_ + 1},
                                  {Dimension::correct_sample, samples(DeviationSet::correct)},
                                  {Dimension::predicted_sample, samples(DeviationSet::predicted)},
                                  {Dimension::image, images_},
                                  {Dimension::image_boundary, images_ + 1},
                                  {Dimension::image_flip, flips_},
                                  {Dimension::faithfulness_area, curve_areas.size()},
                                  {Dimension::order_kind, order_kinds_},
                                  {Dimension::curve_point, curve_points},
                                  {Dimension::scene_boundary, scenes_ + 1},
                                  {Dimension::predicted_pair, pairs[0]},
                                  {Dimension::truth_pair, pairs[1]}},
                      .text_bytes = {},
                      .parts = parts});
}

std::string StatisticsReader::attribute(const std::string& name) const { return text_attribute(file_, name); }

EvaluationSummary StatisticsReader::evaluation() const {
    EvaluationSummary summary;
    visit_evaluation(summary, reads_attributes_of(file_, format_version_, shapley_));
    if (format_version_ >= statistics_version_of_images) return summary;
    const auto images = scene_images({0, scenes_});
    const auto occur = static_cast<double>(std::count_if(images.begin(), images.end(), [](auto n) { return n > 0; }));
    summary.mean_class_accuracy_all = summary.mean_class_accuracy * occur / static_cast<double>(scenes_);
    return summary;
}

StatisticsSettings StatisticsReader::settings() const {
    StatisticsSettings settings;
    visit_settings(settings, reads_attributes_of(file_, format_version_, shapley_));
    return settings;
}

std::vector<std::string> StatisticsReader::scene_names() const {
    return read_names(file_, statistics_schema().scene_name, {0, scenes_}, problem_with_file_name);
}
std::vector<std::string> StatisticsReader::semantic_names() const {
    return read_names(file_, statistics_schema().semantic_name, {0, semantics_}, problem_with_name);
}
std::vector<std::uint32_t> StatisticsReader::confusion(Range scenes) const {
    return read(file_, statistics_schema().confusion, scenes);
}
std::vector<std::uint32_t> StatisticsReader::scene_images(Range scenes) const {
    return read(file_, statistics_schema().scene_images, scenes);
}
std::vector<std::uint32_t> StatisticsReader::scene_top(int k, Range scenes) const {
    const StatisticsSchema& table = statistics_schema();
    return read(file_, k == 1 ? table.scene_top1 : k == 2 ? table.scene_top2 : table.scene_top5, scenes);
}
std::vector<std::uint32_t> StatisticsReader::images(DeviationSet set, Range scenes) const {
    return read(file_, statistics_schema().deviation(set).images, scenes);
}
std::vector<std::uint32_t> StatisticsReader::present(DeviationSet set, Range scenes) const {
    return read(file_, statistics_schema().deviation(set).present, scenes);
}
void StatisticsReader::require(Attribution attribution) const {
    if (attribution == Attribution::shapley && !shapley_)
        throw InputError(
            fmt::format("{}: has no Shapley values; run semscope-occlude with attribution.shapley = auto, "
                        "and semscope-reduce",
                        file_.path().string()));
}
std::vector<double> StatisticsReader::column(DeviationSet set, Column column, Range scenes,
                                             Attribution attribution) const {
    require(attribution);
    const StatisticsSchema& table = statistics_schema();
    const Field<double>& field =
        attribution == Attribution::shapley ? table.shapley(set).column(column) : table.deviation(set).column(column);
    auto values = read(file_, field, scenes);
    if (std::any_of(values.begin(), values.end(), [](double value) { return std::isinf(value); }))
        throw InputError(fmt::format("{}: {} holds an infinite value", file_.path().string(), field.path));
    return values;
}
std::uint64_t StatisticsReader::samples(DeviationSet set) const {
    return file_.dataset(statistics_schema().deviation(set).sample_value.path).rows();
}
std::vector<std::uint64_t> StatisticsReader::sample_offsets(DeviationSet set, Range scenes) const {
    return read_offsets(file_, statistics_schema().deviation(set).sample_offset,
                        {scenes.begin * semantics_, scenes.end * semantics_}, samples(set));
}
std::vector<float> StatisticsReader::sample_values(DeviationSet set, Range samples, Attribution attribution) const {
    require(attribution);
    const StatisticsSchema& table = statistics_schema();
    return read(
        file_,
        attribution == Attribution::shapley ? table.shapley(set).sample_value : table.deviation(set).sample_value,
        samples);
}
std::vector<std::uint32_t> StatisticsReader::sample_images(DeviationSet set, Range samples) const {
    return read(file_, statistics_schema().deviation(set).sample_image, samples);
}
std::vector<std::uint32_t> StatisticsReader::distractor_images(Range scenes) const {
    return read(file_, statistics_schema().distractor_images, scenes);
}
std::vector<std::uint32_t> StatisticsReader::strongest(Range scenes) const {
    return read(file_, statistics_schema().strongest, scenes);
}
std::vector<std::uint32_t> StatisticsReader::flip(Range scenes) const {
    return read(file_, statistics_schema().flip, scenes);
}
std::vector<double> StatisticsReader::distribution_truth(Range scenes) const {
    return read(file_, statistics_schema().distribution_truth, scenes);
}
std::vector<double> StatisticsReader::distribution_predicted(Range scenes) const {
    return read(file_, statistics_schema().distribution_predicted, scenes);
}
std::vector<std::uint8_t> StatisticsReader::relevance(Range scenes, Attribution attribution) const {
    require(attribution);
    constexpr std::uint8_t last = 3;
    const StatisticsSchema& table = statistics_schema();
    const auto& field = attribution == Attribution::shapley ? table.shapley_relevance : table.relevance;
    auto sets = read(file_, field, scenes);
    if (std::any_of(sets.begin(), sets.end(), [](std::uint8_t set) { return set > last; }))
        throw InputError(fmt::format("{}: {} holds an unknown relevance set", file_.path().string(), field.path));
    return sets;
}

}  // namespace semscope::results
