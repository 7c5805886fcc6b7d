// Writing of statistics files.
#include "schema.hpp"
#include "semscope/results/statistics_file.hpp"
#include "statistics_schema.hpp"

namespace semscope::results {

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
    if (communicator_.any_of(!rows.overall.columns[0].empty())) write_faithfulness(rows);
    if (communicator_.any_of(!rows.shapley_relevance.empty())) write_shapley(rows);
    for (const InteractionScene of : {InteractionScene::predicted, InteractionScene::truth}) {
        const InteractionRows& own = rows.interactions.at(static_cast<std::size_t>(of));
        if (communicator_.any_of(!own.count.empty())) write_interactions(own, rows.scenes, of);
    }
}

void StatisticsWriter::write_faithfulness(const StatisticsRows& rows) {
    const StatisticsSchema& table = statistics_schema();
    rows_.write(table.faithfulness_images, rows.scenes, rows.faithfulness.images);
    const auto& [images, areas, curves] = rows.overall;
    const bool here = !areas[0].empty();
    for (std::size_t i = 0; i < area_column_count; ++i) {
        rows_.write(table.scene_areas[i], rows.scenes, rows.faithfulness.columns.at(i));
        rows_.write(table.overall_areas[i], {0, here ? curve_areas.size() : 0}, areas.at(i));
    }
    for (std::size_t i = 0; i < curve_column_count; ++i) {
        rows_.write(table.scene_curves[i], rows.scenes, rows.faithfulness.curves.at(i));
        rows_.write(table.overall_curves[i], {0, curves.at(i).size() / curve_points}, curves.at(i));
    }
}

void StatisticsWriter::write_shapley(const StatisticsRows& rows) {
    const StatisticsSchema& table = statistics_schema();
    for (const DeviationSet set : {DeviationSet::correct, DeviationSet::predicted}) {
        const ShapleyRows& own = rows.shapley.at(static_cast<std::size_t>(set));
        const ShapleyFields& fields = table.shapley(set);
        for (std::size_t i = 0; i < column_count; ++i) rows_.write(fields.columns[i], rows.scenes, own.columns.at(i));
        const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{own.sample_value.size()});
        rows_.write_in_parts(fields.sample_value, first, own.sample_value);
    }
    rows_.write(table.shapley_relevance, rows.scenes, rows.shapley_relevance);
}

void StatisticsWriter::write_interactions(const InteractionRows& rows, Range scenes, InteractionScene of) {
    const InteractionFields& fields = statistics_schema().interaction(of);
    const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{rows.first.size()});
    const bool last_rank = communicator_.rank() + 1 == communicator_.size();
    const auto offsets = offsets_of(rows.count, first, last_rank);
    rows_.write(fields.offset, {scenes.begin, scenes.begin + offsets.size()}, offsets);
    rows_.write_in_parts(fields.first, first, rows.first);
    rows_.write_in_parts(fields.second, first, rows.second);
    rows_.write_in_parts(fields.images, first, rows.images);
    for (std::size_t i = 0; i < interaction_column_count; ++i)
        rows_.write_in_parts(fields.columns[i], first, rows.columns.at(i));
}

void StatisticsWriter::finish() { rows_.finish(); }

}  // namespace semscope::results
