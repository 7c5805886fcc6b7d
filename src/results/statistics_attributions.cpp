// What statistics files hold besides deviations: faithfulness and interactions.
#include "schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/results/statistics_file.hpp"
#include "statistics_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::results {

namespace {

/// Reads all columns. Throws InputError for an infinite value.
template <std::size_t Count>
void read_columns(const hdf5::File& file, const std::vector<Field<double>>& fields, Range rows,
                  std::array<std::vector<double>, Count>& to) {
    for (std::size_t i = 0; i < Count; ++i) {
        to.at(i) = read(file, fields[i], rows);
        const auto infinite = [](double value) { return std::isinf(value); };
        if (std::any_of(to.at(i).begin(), to.at(i).end(), infinite))
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
    read_columns(file_, statistics_schema().scene_areas, scenes, rows.columns);
    read_columns(file_, statistics_schema().scene_curves, scenes, rows.curves);
    return rows;
}
FaithfulnessRows StatisticsReader::overall_faithfulness() const {
    FaithfulnessRows rows;
    read_columns(file_, statistics_schema().overall_areas, {0, curve_areas.size()}, rows.columns);
    read_columns(file_, statistics_schema().overall_curves, {0, order_kinds_}, rows.curves);
    return rows;
}

InteractionRows StatisticsReader::interactions(InteractionScene of, Range scenes) const {
    const std::string path = file_.path().string();
    if (!pairs_)
        throw InputError(
            fmt::format("{}: has no interactions; run semscope-occlude with attribution.interactions = "
                        "true, and semscope-reduce",
                        path));
    const InteractionFields& table = statistics_schema().interaction(of);
    const auto offsets = read_offsets(file_, table.offset, scenes, pairs_->at(static_cast<std::size_t>(of)));
    const Range pairs{offsets.front(), offsets.back()};
    InteractionRows rows;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) rows.count.push_back(offsets[i + 1] - offsets[i]);
    rows.first = read(file_, table.first, pairs);
    rows.second = read(file_, table.second, pairs);
    rows.images = read(file_, table.images, pairs);
    read_columns(file_, table.columns, pairs, rows.columns);
    for (std::size_t i = 0; i < rows.first.size(); ++i) {
        if (rows.first[i] == 0 || rows.first[i] >= rows.second[i] || rows.second[i] >= semantics_)
            throw InputError(fmt::format("{}: {} and {}: classes {} and {} are no pair of {}", path, table.first.path,
                                         table.second.path, rows.first[i], rows.second[i], semantics_));
        for (std::size_t k = 0; k < interaction_column_count; ++k)
            if (!std::isfinite(rows.columns.at(k)[i]))
                throw InputError(fmt::format("{}: {} holds a value that is no number", path, table.columns[k].path));
    }
    return rows;
}

}  // namespace semscope::results
