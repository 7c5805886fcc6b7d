// The group /image of statistics files.
#include "schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/results/statistics_file.hpp"
#include "statistics_schema.hpp"

#include <fmt/format.h>

namespace semscope::results {
namespace {

/// Throws InputError when a value is neither one of `count` indices nor `none`.
template <class T>
void require_indices(const std::vector<T>& values, T none, std::uint64_t count, const std::string& path) {
    for (const T value : values)
        if (value != none && !(value >= 0 && static_cast<std::uint64_t>(value) < count))
            throw InputError(fmt::format("{} holds {}, but there are {}", path, value, count));
}

}  // namespace

std::vector<std::string> StatisticsReader::image_paths(Range images) const {
    return read_names(file_, statistics_schema().of_image.path, images, problem_with_relative_path);
}

ImageStatistics StatisticsReader::image_statistics(Range images) const {
    const ImageFields& table = statistics_schema().of_image;
    const auto column = [&](const auto& field) { return read(file_, field, images); };
    ImageStatistics rows{.images = images,
                         .status = column(table.status),
                         .scene = column(table.scene),
                         .predicted = column(table.predicted),
                         .scene_probability = column(table.scene_probability),
                         .predicted_probability = column(table.predicted_probability),
                         .rank = column(table.rank),
                         .loss = column(table.loss),
                         .correct = column(table.correct),
                         .supporting = column(table.supporting),
                         .supporting_deviation = column(table.supporting_deviation),
                         .opposing = column(table.opposing),
                         .opposing_deviation = column(table.opposing_deviation),
                         .distractor = column(table.distractor),
                         .flip_count = {},
                         .flip = {}};
    const auto offsets = read_offsets(file_, table.flip_offset, images, flips_);
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) rows.flip_count.push_back(offsets[i + 1] - offsets[i]);
    rows.flip = read(file_, table.flip, {offsets.front(), offsets.back()});
    require_indices(rows.scene, -1, scenes_, table.scene.path);
    require_indices(rows.predicted, -1, scenes_, table.predicted.path);
    for (const auto& [classes, field] : {std::pair{&rows.supporting, &table.supporting},
                                         {&rows.opposing, &table.opposing},
                                         {&rows.distractor, &table.distractor},
                                         {&rows.flip, &table.flip}})
        require_indices<std::uint16_t>(*classes, 0, semantics_, field->path);
    return rows;
}

}  // namespace semscope::results
