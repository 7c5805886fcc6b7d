#include "semscope/results/statistics_reader.hpp"

#include "reading.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/attribute.hpp"
#include "statistics_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::results {

namespace {

/// Reads attributes into the members that a table binds to them.
auto reads_attributes_of(const hdf5::File& file) {
    return [&file](const AttributeSpec& spec, auto& value) {
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
    require_format(file_, table);
    scenes_ = class_count(file_, table.scene_name, maximum_scenes);
    semantics_ = class_count(file_, table.semantic_name, maximum_semantics);
    const auto samples = [&](DeviationSet set) { return extent(file_, table.deviation(set).sample_value.path); };
    require_datasets(file_, table,
                     {.lengths = {{Dimension::scene, scenes_},
                                  {Dimension::predicted_scene, scenes_},
                                  {Dimension::semantic, semantics_},
                                  {Dimension::sample_boundary, scenes_ * semantics_ + 1},
                                  {Dimension::correct_sample, samples(DeviationSet::correct)},
                                  {Dimension::predicted_sample, samples(DeviationSet::predicted)}},
                      .text_bytes = {}});
}

std::string StatisticsReader::attribute(const std::string& name) const { return text_attribute(file_, name); }

EvaluationSummary StatisticsReader::evaluation() const {
    EvaluationSummary summary;
    visit_evaluation(summary, reads_attributes_of(file_));
    return summary;
}

StatisticsSettings StatisticsReader::settings() const {
    StatisticsSettings settings;
    visit_settings(settings, reads_attributes_of(file_));
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

}  // namespace semscope::results
