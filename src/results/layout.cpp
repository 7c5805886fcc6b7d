#include "layout.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/hdf5/attribute.hpp"
#include "semscope/results/publication.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace semscope::results {

namespace {

using hdf5::Dataset;

Dataset add_dataset(hdf5::File& file, const DatasetSpec& spec, const Extents& extents) {
    const auto shape = shape_of(spec, extents);
    if (spec.element.is_text())
        return file.create_dataset(spec.path, hdf5::string_type(extents.text_bytes.at(spec.path)).get(), shape);
    return file.create_dataset(spec.path, spec.element.file_type(), shape);
}

void describe(const Dataset& dataset, const DatasetSpec& spec) {
    hdf5::write_attribute(dataset.id(), "long_name", spec.long_name);
    if (!spec.units.empty()) hdf5::write_attribute(dataset.id(), "units", spec.units);
}

/// Scales stand in the root group, since readers of the netCDF data model look for a dimension in a dataset's own group
/// and its parents only.
Dataset add_scale(hdf5::File& file, Dimension dimension, const Extents& extents) {
    const DatasetSpec spec = scale_of(dimension);
    Dataset scale = add_dataset(file, spec, extents);
    hdf5::make_scale(scale, spec.path.substr(1));
    constexpr std::uint64_t block = 1U << 20;
    const std::uint64_t length = scale.rows();
    for (std::uint64_t begin = 0; begin < length; begin += block) {
        std::vector<std::uint32_t> indices(std::min(block, length - begin));
        std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(begin));
        scale.write<std::uint32_t>(hdf5::Range{begin, begin + indices.size()}, indices);
    }
    describe(scale, spec);
    return scale;
}

void lay_out(hdf5::File& file, const Schema& schema, const Extents& extents) {
    std::map<Dimension, Dataset> scales;
    for (const Dimension dimension : schema.dimensions())
        scales.emplace(dimension, add_scale(file, dimension, extents));
    for (const DatasetSpec& spec : schema.datasets()) {
        Dataset dataset = add_dataset(file, spec, extents);
        for (std::size_t i = 0; i < spec.dimensions.size(); ++i)
            hdf5::attach_scale(dataset, static_cast<unsigned>(i), scales.at(spec.dimensions[i]),
                               name_of(spec.dimensions[i]));
        describe(dataset, spec);
    }
    hdf5::write_attribute(file.id(), "format", schema.format().name);
    hdf5::write_attribute(file.id(), "format_version", schema.format().version);
}

}  // namespace

void create_file(const std::filesystem::path& path, const Schema& schema, const Extents& extents,
                 const std::function<void(hdf5::File&)>& fill) {
    try {
        hdf5::File file = hdf5::File::create(path);
        lay_out(file, schema, extents);
        fill(file);
        file.close();
        reserve_space(path);
    } catch (const std::exception& error) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        // The temporary name tells the final one.
        throw IoError(fmt::format("{}: the output cannot be created: {}", path.string(), error.what()));
    }
}

}  // namespace semscope::results
