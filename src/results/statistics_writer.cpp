#include "semscope/results/statistics_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace semscope::results {

namespace {

/// Writes values that may be more than one call can move, in the same number of calls on every rank. Collective.
template <class T>
void write_in_parts(hdf5::Dataset dataset, std::uint64_t first, std::span<const T> values,
                    const mpi::Communicator& communicator) {
    constexpr std::uint64_t part = 1U << 26;
    const auto rounds = communicator.max(static_cast<std::int64_t>((values.size() + part - 1) / part));
    for (std::int64_t round = 0; round < rounds; ++round) {
        const std::uint64_t begin = std::min<std::uint64_t>(static_cast<std::uint64_t>(round) * part, values.size());
        const std::uint64_t end = std::min<std::uint64_t>(begin + part, values.size());
        dataset.write<T>(Range{first + begin, first + end}, values.subspan(begin, end - begin));
    }
}

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

StatisticsWriter::StatisticsWriter(const std::filesystem::path& path, const mpi::Communicator& communicator)
    : file_(hdf5::File::open(path, hdf5::Access::read_write, communicator)), communicator_(communicator) {}

void StatisticsWriter::write_deviation(const DeviationRows& rows, Range scenes, DeviationSet set) {
    const std::string group = fmt::format("/deviation/{}/", name_of(set));
    file_.dataset(group + "images").write<std::uint32_t>(scenes, rows.images);
    file_.dataset(group + "present").write<std::uint32_t>(scenes, rows.present);
    for (std::size_t i = 0; i < column_count; ++i)
        file_.dataset(group + describe(static_cast<Column>(i)).name).write<double>(scenes, rows.columns[i]);

    const std::uint64_t first = communicator_.exclusive_scan(std::uint64_t{rows.sample_value.size()});
    const bool last_rank = communicator_.rank() + 1 == communicator_.size();
    const auto offsets = offsets_of(rows.sample_count, first, last_rank);
    const std::uint64_t row_length = file_.dataset("/semantic/name").rows();
    const std::uint64_t first_offset = scenes.begin * row_length;
    file_.dataset(group + "sample_offset")
        .write<std::uint64_t>(Range{first_offset, first_offset + offsets.size()}, offsets);
    write_in_parts<float>(file_.dataset(group + "sample_value"), first, rows.sample_value, communicator_);
    write_in_parts<std::uint32_t>(file_.dataset(group + "sample_image"), first, rows.sample_image, communicator_);
}

void StatisticsWriter::write(const StatisticsRows& rows) {
    const auto counts = [&](const char* name, const std::vector<std::uint32_t>& values) {
        file_.dataset(name).write<std::uint32_t>(rows.scenes, values);
    };
    counts("/evaluation/confusion", rows.confusion);
    counts("/evaluation/scene_images", rows.scene_images);
    counts("/evaluation/scene_top1", rows.scene_top1);
    counts("/evaluation/scene_top2", rows.scene_top2);
    counts("/evaluation/scene_top5", rows.scene_top5);
    for (const DeviationSet set : {DeviationSet::correct, DeviationSet::predicted})
        write_deviation(rows.deviation.at(static_cast<std::size_t>(set)), rows.scenes, set);
    counts("/distractor/images", rows.distractor_images);
    counts("/distractor/strongest", rows.strongest);
    counts("/distractor/flip", rows.flip);
    file_.dataset("/distribution/truth").write<double>(rows.scenes, rows.distribution_truth);
    file_.dataset("/distribution/predicted").write<double>(rows.scenes, rows.distribution_predicted);
    file_.dataset("/relevance/set").write<std::uint8_t>(rows.scenes, rows.relevance);
}

void StatisticsWriter::finish() {
    file_.flush();
    file_.close();
}

}  // namespace semscope::results
