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

namespace semscope::results {

namespace {

/// Of curve_areas.
std::vector<std::string> area_names() { return {"deletion", "deletion_pixels", "insertion", "insertion_pixels"}; }

Extents extents_of(const StatisticsLayout& layout) {
    const StatisticsSchema& table = statistics_schema();
    const std::uint64_t scenes = layout.scenes.size();
    const std::uint64_t semantics = layout.semantics.size();
    const bool curves = !layout.order_kinds.empty();
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
                        {Dimension::order_kind, layout.order_kinds.size()}},
            .text_bytes = {{table.scene_name.path, maximum_text_bytes(layout.scenes)},
                           {table.semantic_name.path, maximum_text_bytes(layout.semantics)},
                           {table.of_image.path.path, layout.maximum_path_bytes},
                           {table.curve_area_name.path, maximum_text_bytes(area_names())},
                           {table.order_kind_name.path, maximum_text_bytes(layout.order_kinds)}},
            .parts = curves ? std::set{Part::curves} : std::set<Part>{}};
}

void write_paths(const hdf5::File& file, const StatisticsLayout& layout) {
    hdf5::Dataset paths = file.dataset(statistics_schema().of_image.path.path);
    constexpr std::uint64_t block = 65536;
    for (std::uint64_t begin = 0; begin < layout.images; begin += block)
        paths.write_strings(begin, layout.image_paths({begin, std::min(begin + block, layout.images)}));
}

}  // namespace

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
        }
        for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
        const auto write = [&](const AttributeSpec& spec, const auto& value) {
            hdf5::write_attribute(file.group(spec.group).get(), spec.name, value);
        };
        visit_evaluation(layout.evaluation, write);
        visit_settings(layout.settings, write);
    });
}

namespace {

/// Reads attributes into the members that a table binds to them.
auto reads_attributes_of(const hdf5::File& file, std::uint64_t version) {
    return [&file, version](const AttributeSpec& spec, auto& value) {
        if (spec.since > version) return;
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
                                  {Dimension::order_kind, order_kinds_}},
                      .text_bytes = {},
                      .parts = parts});
}

std::string StatisticsReader::attribute(const std::string& name) const { return text_attribute(file_, name); }

EvaluationSummary StatisticsReader::evaluation() const {
    EvaluationSummary summary;
    visit_evaluation(summary, reads_attributes_of(file_, format_version_));
    if (format_version_ >= statistics_version_of_images) return summary;
    const auto images = scene_images({0, scenes_});
    const auto occur = static_cast<double>(std::count_if(images.begin(), images.end(), [](auto n) { return n > 0; }));
    summary.mean_class_accuracy_all = summary.mean_class_accuracy * occur / static_cast<double>(scenes_);
    return summary;
}

StatisticsSettings StatisticsReader::settings() const {
    StatisticsSettings settings;
    visit_settings(settings, reads_attributes_of(file_, format_version_));
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
std::vector<double> StatisticsReader::column(DeviationSet set, Column column, Range scenes) const {
    const Field<double>& field = statistics_schema().deviation(set).column(column);
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
std::vector<float> StatisticsReader::sample_values(DeviationSet set, Range samples) const {
    return read(file_, statistics_schema().deviation(set).sample_value, samples);
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
std::vector<std::uint8_t> StatisticsReader::relevance(Range scenes) const {
    constexpr std::uint8_t last = 3;
    auto sets = read(file_, statistics_schema().relevance, scenes);
    if (std::any_of(sets.begin(), sets.end(), [](std::uint8_t set) { return set > last; }))
        throw InputError(fmt::format("{}: {} holds an unknown relevance set", file_.path().string(),
                                     statistics_schema().relevance.path));
    return sets;
}

namespace {

/// Areas of all columns. Throws InputError for an infinite value.
void read_areas(const hdf5::File& file, const std::vector<Field<double>>& fields, Range rows, FaithfulnessRows& to) {
    for (std::size_t i = 0; i < area_column_count; ++i) {
        to.columns.at(i) = read(file, fields[i], rows);
        const auto infinite = [](double value) { return std::isinf(value); };
        if (std::any_of(to.columns.at(i).begin(), to.columns.at(i).end(), infinite))
            throw InputError(fmt::format("{}: {} holds an infinite value", file.path().string(), fields[i].path));
    }
}

}  // namespace

std::vector<std::string> StatisticsReader::order_kinds() const {
    return read_names(file_, statistics_schema().order_kind_name, {0, order_kinds_}, problem_with_name);
}
FaithfulnessRows StatisticsReader::faithfulness(Range scenes) const {
    FaithfulnessRows rows;
    rows.images = read(file_, statistics_schema().faithfulness_images, scenes);
    read_areas(file_, statistics_schema().scene_areas, scenes, rows);
    return rows;
}
FaithfulnessRows StatisticsReader::overall_faithfulness() const {
    FaithfulnessRows rows;
    read_areas(file_, statistics_schema().overall_areas, {0, curve_areas.size()}, rows);
    return rows;
}

namespace {

/// Where each sample begins in the file, of those that follow each other from `first` on.
std::vector<std::uint64_t> offsets_of(const std::vector<std::uint64_t>& counts, std::uint64_t first, bool with_end) {
    std::vector<std::uint64_t> offsets;
    offsets.reserve(counts.size() + 1);
    for (const std::uint64_t count : counts) {
        offsets.push_back(first);
        first += count;
    }
    if (with_end) offsets.push_back(first);
    return offsets;
}

}  // namespace

StatisticsWriter::StatisticsWriter(const std::filesystem::path& path, const comm::Communicator& communicator)
    : communicator_(communicator), rows_(path, communicator) {}

void StatisticsWriter::write_deviation(const DeviationRows& rows, Range scenes, DeviationSet set) {
    const DeviationFields& fields = statistics_schema().deviation(set);
    rows_.write(fields.images, scenes, rows.images);
    rows_.write(fields.present, scenes, rows.present);
    for (std::size_t i = 0; i < column_count; ++i) rows_.write(fields.columns[i], scenes, rows.columns.at(i));

    const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{rows.sample_value.size()});
    const bool last_rank = communicator_.rank() + 1 == communicator_.size();
    const auto offsets = offsets_of(rows.sample_count, first, last_rank);
    const std::uint64_t row_length = rows_.length(statistics_schema().semantic_name);
    const std::uint64_t first_offset = scenes.begin * row_length;
    rows_.write(fields.sample_offset, {first_offset, first_offset + offsets.size()}, offsets);
    rows_.write_in_parts(fields.sample_value, first, rows.sample_value);
    rows_.write_in_parts(fields.sample_image, first, rows.sample_image);
}

void StatisticsWriter::write_images(const ImageStatistics& rows) {
    const ImageFields& table = statistics_schema().of_image;
    rows_.write(table.status, rows.images, rows.status);
    rows_.write(table.scene, rows.images, rows.scene);
    rows_.write(table.predicted, rows.images, rows.predicted);
    rows_.write(table.scene_probability, rows.images, rows.scene_probability);
    rows_.write(table.predicted_probability, rows.images, rows.predicted_probability);
    rows_.write(table.rank, rows.images, rows.rank);
    rows_.write(table.loss, rows.images, rows.loss);
    rows_.write(table.correct, rows.images, rows.correct);
    rows_.write(table.supporting, rows.images, rows.supporting);
    rows_.write(table.supporting_deviation, rows.images, rows.supporting_deviation);
    rows_.write(table.opposing, rows.images, rows.opposing);
    rows_.write(table.opposing_deviation, rows.images, rows.opposing_deviation);
    rows_.write(table.distractor, rows.images, rows.distractor);

    const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{rows.flip.size()});
    const bool last_rank = communicator_.rank() + 1 == communicator_.size();
    const auto offsets = offsets_of(rows.flip_count, first, last_rank);
    rows_.write(table.flip_offset, {rows.images.begin, rows.images.begin + offsets.size()}, offsets);
    rows_.write_in_parts(table.flip, first, rows.flip);
}

void StatisticsWriter::write(const StatisticsRows& rows) {
    const StatisticsSchema& table = statistics_schema();
    rows_.write(table.confusion, rows.scenes, rows.confusion);
    rows_.write(table.scene_images, rows.scenes, rows.scene_images);
    rows_.write(table.scene_top1, rows.scenes, rows.scene_top1);
    rows_.write(table.scene_top2, rows.scenes, rows.scene_top2);
    rows_.write(table.scene_top5, rows.scenes, rows.scene_top5);
    for (const DeviationSet set : {DeviationSet::correct, DeviationSet::predicted})
        write_deviation(rows.deviation.at(static_cast<std::size_t>(set)), rows.scenes, set);
    rows_.write(table.distractor_images, rows.scenes, rows.distractor_images);
    rows_.write(table.strongest, rows.scenes, rows.strongest);
    rows_.write(table.flip, rows.scenes, rows.flip);
    rows_.write(table.distribution_truth, rows.scenes, rows.distribution_truth);
    rows_.write(table.distribution_predicted, rows.scenes, rows.distribution_predicted);
    rows_.write(table.relevance, rows.scenes, rows.relevance);
    write_images(rows.image);
    if (!communicator_.any_of(!rows.overall.columns[0].empty())) return;
    rows_.write(table.faithfulness_images, rows.scenes, rows.faithfulness.images);
    const Range all{0, rows.overall.columns[0].empty() ? 0 : curve_areas.size()};
    for (std::size_t i = 0; i < area_column_count; ++i) {
        rows_.write(table.scene_areas[i], rows.scenes, rows.faithfulness.columns.at(i));
        rows_.write(table.overall_areas[i], all, rows.overall.columns.at(i));
    }
}

void StatisticsWriter::finish() { rows_.finish(); }

}  // namespace semscope::results
