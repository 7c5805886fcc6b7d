#include "semscope/results/statistics_writer.hpp"

#include "semscope/comm/agreement.hpp"
#include "statistics_schema.hpp"

#include <algorithm>

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
    : communicator_(communicator),
      file_(comm::agree(communicator, [&] { return hdf5::File::open(path, hdf5::Access::read_write, communicator); })) {
}

template <class T>
void StatisticsWriter::write_rows(const Field<T>& field, Range rows, Values<T> values) {
    comm::agree(communicator_, [&] { file_.dataset(field.path).template write<T>(rows, values); });
}

template <class T>
void StatisticsWriter::write_in_parts(const Field<T>& field, std::uint64_t first, Values<T> values) {
    constexpr std::uint64_t part = 1U << 26;
    const auto rounds = communicator_.max((values.size() + part - 1) / part);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::uint64_t begin = std::min<std::uint64_t>(round * part, values.size());
        const std::uint64_t end = std::min<std::uint64_t>(begin + part, values.size());
        write_rows(field, {first + begin, first + end}, values.subspan(begin, end - begin));
    }
}

void StatisticsWriter::write_deviation(const DeviationRows& rows, Range scenes, DeviationSet set) {
    const DeviationFields& fields = statistics_schema().deviation(set);
    write_rows(fields.images, scenes, rows.images);
    write_rows(fields.present, scenes, rows.present);
    for (std::size_t i = 0; i < column_count; ++i) write_rows(fields.columns[i], scenes, rows.columns.at(i));

    const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{rows.sample_value.size()});
    const bool last_rank = communicator_.rank() + 1 == communicator_.size();
    const auto offsets = offsets_of(rows.sample_count, first, last_rank);
    const std::uint64_t row_length = file_.dataset(statistics_schema().semantic_name.path).rows();
    const std::uint64_t first_offset = scenes.begin * row_length;
    write_rows(fields.sample_offset, {first_offset, first_offset + offsets.size()}, offsets);
    write_in_parts(fields.sample_value, first, rows.sample_value);
    write_in_parts(fields.sample_image, first, rows.sample_image);
}

void StatisticsWriter::write(const StatisticsRows& rows) {
    const StatisticsSchema& table = statistics_schema();
    write_rows(table.confusion, rows.scenes, rows.confusion);
    write_rows(table.scene_images, rows.scenes, rows.scene_images);
    write_rows(table.scene_top1, rows.scenes, rows.scene_top1);
    write_rows(table.scene_top2, rows.scenes, rows.scene_top2);
    write_rows(table.scene_top5, rows.scenes, rows.scene_top5);
    for (const DeviationSet set : {DeviationSet::correct, DeviationSet::predicted})
        write_deviation(rows.deviation.at(static_cast<std::size_t>(set)), rows.scenes, set);
    write_rows(table.distractor_images, rows.scenes, rows.distractor_images);
    write_rows(table.strongest, rows.scenes, rows.strongest);
    write_rows(table.flip, rows.scenes, rows.flip);
    write_rows(table.distribution_truth, rows.scenes, rows.distribution_truth);
    write_rows(table.distribution_predicted, rows.scenes, rows.distribution_predicted);
    write_rows(table.relevance, rows.scenes, rows.relevance);
}

void StatisticsWriter::finish() {
    comm::agree(communicator_, [&] { file_.flush(); });
    comm::agree(communicator_, [&] { file_.close(); });
}

}  // namespace semscope::results
