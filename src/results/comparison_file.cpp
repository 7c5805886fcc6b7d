#include "semscope/results/comparison_file.hpp"

#include "comparison_schema.hpp"
#include "schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::results {

namespace {}  // namespace

const char* name_of(Side side) { return side == Side::first ? "first" : "second"; }

void create_comparison_file(const std::filesystem::path& path, const ComparisonLayout& layout,
                            const Provenance& provenance, const std::function<void(const PathWriter&)>& write_paths) {
    const ComparisonSchema& table = comparison_schema();
    const Extents extents{.lengths = {{Dimension::image, layout.images},
                                      {Dimension::scene, layout.scenes.size()},
                                      {Dimension::semantic, layout.semantics.size()},
                                      {Dimension::explanation, layout.explanations}},
                          .text_bytes = {{table.scene_name.path, maximum_text_bytes(layout.scenes)},
                                         {table.semantic_name.path, maximum_text_bytes(layout.semantics)},
                                         {table.image_path.path, layout.maximum_path_bytes}}};
    create_file(path, table, extents, [&](hdf5::File& file) {
        file.dataset(table.scene_name.path).write_strings(0, layout.scenes);
        file.dataset(table.semantic_name.path).write_strings(0, layout.semantics);
        {
            hdf5::Dataset paths = file.dataset(table.image_path.path);
            write_paths(
                [&](std::uint64_t first, const std::vector<std::string>& texts) { paths.write_strings(first, texts); });
        }
        for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
        visit_comparison(layout.summary, [&](const AttributeSpec& spec, const auto& value) {
            hdf5::write_attribute(file.group(spec.group).get(), spec.name, value);
        });
    });
}

void ComparisonWriter::write(const ComparedImages& rows) {
    const ComparisonSchema& table = comparison_schema();
    rows_.write(table.image_scene, rows.images, rows.scene);
    rows_.write(table.image_classes, rows.images, rows.classes);
    rows_.write(table.image_rank_correlation, rows.images, rows.rank_correlation);
    for (const Side side : sides)
        rows_.write(table.side(side).predicted, rows.images, rows.predicted.at(index_of(side)));
    const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{rows.explanation_image.size()});
    rows_.write_in_parts(table.explanation_image, first, rows.explanation_image);
    rows_.write_in_parts(table.explanation_semantic, first, rows.explanation_semantic);
    rows_.write_in_parts(table.explanation_role, first, rows.explanation_role);
}

namespace {

/// Calls visit(field, values) for each dataset of scenes. `Rows` is ComparedScenes, const or not.
template <class Rows, class Visit>
void visit_scenes(Rows& rows, Visit&& visit) {
    const ComparisonSchema& table = comparison_schema();
    visit(table.difference_images, rows.images);
    visit(table.difference_present, rows.present);
    for (std::size_t i = 0; i < difference_column_count; ++i) visit(table.columns[i], rows.columns.at(i));
    visit(table.rank_images, rows.rank_images);
    visit(table.rank_mean, rows.rank_mean);
    visit(table.rank_low, rows.rank_low);
    visit(table.rank_high, rows.rank_high);
    visit(table.jaccard, rows.jaccard);
    visit(table.both, rows.both);
    visit(table.neither, rows.neither);
    for (const Side side : sides) {
        const SideFields& fields = table.side(side);
        visit(fields.correct, rows.correct.at(index_of(side)));
        visit(fields.correct_mean, rows.correct_mean.at(index_of(side)));
        visit(fields.relevant, rows.relevant.at(index_of(side)));
        visit(fields.alone, rows.alone.at(index_of(side)));
        visit(fields.necessary, rows.necessary.at(index_of(side)));
        visit(fields.flip, rows.flip.at(index_of(side)));
    }
}

}  // namespace

void ComparisonWriter::write(const ComparedScenes& rows) {
    visit_scenes(rows, [&](const auto& field, const auto& values) { rows_.write(field, rows.scenes, values); });
}

ComparisonReader::ComparisonReader(const std::filesystem::path& path)
    : file_(hdf5::File::open(path, hdf5::Access::read)) {
    const ComparisonSchema& table = comparison_schema();
    require_format(file_, table);
    images_ = extent(file_, table.image_path.path);
    scenes_ = class_count(file_, table.scene_name, maximum_scenes);
    semantics_ = class_count(file_, table.semantic_name, maximum_semantics);
    explanations_ = extent(file_, table.explanation_image.path);
    require_datasets(file_, table,
                     {.lengths = {{Dimension::image, images_},
                                  {Dimension::scene, scenes_},
                                  {Dimension::semantic, semantics_},
                                  {Dimension::explanation, explanations_}},
                      .text_bytes = {}});
}

std::string ComparisonReader::attribute(const std::string& name) const { return text_attribute(file_, name); }

ComparisonSummary ComparisonReader::summary() const {
    ComparisonSummary summary;
    visit_comparison(summary, [&](const AttributeSpec& spec, auto& value) {
        const hdf5::Handle group = file_.group(spec.group);
        if constexpr (std::is_same_v<decltype(value), double&>)
            value = hdf5::read_real_attribute(group.get(), spec.name);
        else
            value = hdf5::read_integer_attribute(group.get(), spec.name);
    });
    return summary;
}

std::vector<std::string> ComparisonReader::scene_names() const {
    return read_names(file_, comparison_schema().scene_name, {0, scenes_}, problem_with_file_name);
}
std::vector<std::string> ComparisonReader::semantic_names() const {
    return read_names(file_, comparison_schema().semantic_name, {0, semantics_}, problem_with_name);
}
std::vector<std::string> ComparisonReader::image_paths(Range images) const {
    return read_names(file_, comparison_schema().image_path, images, problem_with_relative_path);
}

namespace {

[[noreturn]] void refuse(const hdf5::File& file, const std::string& dataset, const char* what) {
    throw InputError(fmt::format("{}: {} holds {}", file.path().string(), dataset, what));
}

/// Values of a file as they must be: NaN stands where there is none, and nothing is infinite.
template <class T>
void require_finite(const hdf5::File& file, const Field<T>& field, const std::vector<T>& values) {
    if constexpr (std::is_floating_point_v<T>)
        if (std::any_of(values.begin(), values.end(), [](T value) { return std::isinf(value); }))
            refuse(file, field.path, "an infinite value");
}

void require_scenes(const hdf5::File& file, const Field<std::int32_t>& field, const std::vector<std::int32_t>& values,
                    std::uint64_t scenes) {
    for (const std::int32_t value : values)
        if (value < -1 || value >= static_cast<std::int64_t>(scenes)) refuse(file, field.path, "an unknown scene");
}

}  // namespace

ComparedScenes ComparisonReader::read_scenes(Range scenes) const {
    ComparedScenes rows;
    rows.scenes = scenes;
    visit_scenes(rows, [&](const auto& field, auto& values) {
        values = read(file_, field, scenes);
        require_finite(file_, field, values);
    });
    for (const Side side : sides) {
        const auto& relevant = rows.relevant.at(index_of(side));
        if (std::any_of(relevant.begin(), relevant.end(), [](std::uint8_t value) { return value > 1; }))
            refuse(file_, comparison_schema().side(side).relevant.path, "another number than 0 and 1");
    }
    return rows;
}

ComparedImages ComparisonReader::read_images(Range images) const {
    const ComparisonSchema& table = comparison_schema();
    ComparedImages rows;
    rows.images = images;
    rows.scene = read(file_, table.image_scene, images);
    require_scenes(file_, table.image_scene, rows.scene, scenes_);
    rows.classes = read(file_, table.image_classes, images);
    rows.rank_correlation = read(file_, table.image_rank_correlation, images);
    require_finite(file_, table.image_rank_correlation, rows.rank_correlation);
    for (const Side side : sides) {
        const auto& field = table.side(side).predicted;
        rows.predicted.at(index_of(side)) = read(file_, field, images);
        require_scenes(file_, field, rows.predicted.at(index_of(side)), scenes_);
    }
    return rows;
}

ComparedImages ComparisonReader::read_explanations(Range rows) const {
    const ComparisonSchema& table = comparison_schema();
    ComparedImages read_rows;
    read_rows.explanation_image = read(file_, table.explanation_image, rows);
    read_rows.explanation_semantic = read(file_, table.explanation_semantic, rows);
    read_rows.explanation_role = read(file_, table.explanation_role, rows);
    const auto& image = read_rows.explanation_image;
    if (!std::is_sorted(image.begin(), image.end()) || (!image.empty() && image.back() >= images_))
        refuse(file_, table.explanation_image.path, "images that do not ascend, or that there are not");
    for (const std::uint16_t semantic : read_rows.explanation_semantic)
        if (semantic >= semantics_) refuse(file_, table.explanation_semantic.path, "an unknown class");
    for (const std::uint8_t role : read_rows.explanation_role)
        if (role == 0 || role > static_cast<std::uint8_t>(Role::both))
            refuse(file_, table.explanation_role.path, "an unknown role");
    return read_rows;
}

}  // namespace semscope::results
