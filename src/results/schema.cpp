#include "schema.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/results/result_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

namespace semscope::results {

namespace {

struct DimensionInfo {
    const char* name;
    const char* length;  ///< in the documentation
};

const DimensionInfo& describe(Dimension dimension) {
    static constexpr std::array<DimensionInfo, 19> infos{{{"image", "N"},
                                                          {"image_boundary", "N+1"},
                                                          {"variant", "V"},
                                                          {"scene", "C"},
                                                          {"predicted_scene", "C"},
                                                          {"semantic", "S"},
                                                          {"sample_boundary", "C*S+1"},
                                                          {"correct_sample", "M"},
                                                          {"predicted_sample", "M"},
                                                          {"image_flip", "F"},
                                                          {"explanation", "E"},
                                                          {"order", "O"},
                                                          {"pair", "Q"},
                                                          {"faithfulness_area", "A"},
                                                          {"order_kind", "K"},
                                                          {"curve_point", "G"},
                                                          {"scene_boundary", "C+1"},
                                                          {"predicted_pair", "Z"},
                                                          {"truth_pair", "Z"}}};
    return infos.at(static_cast<std::size_t>(dimension));
}

std::uint64_t bytes_of(const DatasetSpec& spec, const Extents& extents) {
    std::uint64_t bytes = spec.element.is_text() ? extents.text_bytes.at(spec.path) : spec.element.bytes;
    for (const std::uint64_t length : shape_of(spec, extents)) bytes *= length;
    return bytes;
}

const char* option_of(Part part) {
    switch (part) {
        case Part::shapley:
            return "attribution.shapley";
        case Part::curves:
            return "attribution.curves";
        case Part::interactions:
            return "attribution.interactions";
    }
    return "";
}

/// "", or that only some files have it.
std::string describe_parts(const std::vector<Part>& parts) {
    std::vector<std::string> options;
    options.reserve(parts.size());
    for (const Part part : parts) options.emplace_back(option_of(part));
    return parts.empty() ? "" : fmt::format("; only with {}", fmt::join(options, " or "));
}

std::string table_row(const DatasetSpec& spec) {
    std::vector<std::string> lengths;
    for (const Dimension dimension : spec.dimensions) lengths.emplace_back(describe(dimension).length);
    return fmt::format("| {} | {} [{}] | {} | {}{}{} |\n", spec.path, spec.element.name, fmt::join(lengths, ","),
                       spec.units, spec.long_name, spec.note.empty() ? "" : "; " + spec.note,
                       describe_parts(spec.parts));
}

}  // namespace

DatasetSpec row_of_scene_name() {
    return {.path = "/scene/name",
            .dimensions = {Dimension::scene},
            .long_name = "scene class, in the order of the network's output"};
}

DatasetSpec row_of_semantic_name() {
    return {
        .path = "/semantic/name", .dimensions = {Dimension::semantic}, .long_name = "semantic class; 0 = unlabelled"};
}

DatasetSpec row_of_image_path() {
    return {.path = "/image/path", .dimensions = {Dimension::image}, .long_name = "path of the image, as listed"};
}

DatasetSpec row_of_image_scene() {
    return {
        .path = "/image/scene", .dimensions = {Dimension::image}, .long_name = "true scene of the image; -1 = unknown"};
}

const char* name_of(Dimension dimension) { return describe(dimension).name; }

DatasetSpec scale_of(Dimension dimension) {
    return {.path = fmt::format("/dim_{}", name_of(dimension)),
            .dimensions = {dimension},
            .long_name = fmt::format("index along the dimension {}", name_of(dimension)),
            .element = element_type<std::uint32_t>()};
}

std::vector<std::uint64_t> shape_of(const DatasetSpec& spec, const Extents& extents) {
    std::vector<std::uint64_t> shape;
    for (const Dimension dimension : spec.dimensions) shape.push_back(extents.lengths.at(dimension));
    return shape;
}

std::uint64_t data_bytes(const Schema& schema, const Extents& extents) {
    std::uint64_t bytes = 0;
    for (const Dimension dimension : schema.dimensions_of(extents.parts))
        bytes += bytes_of(scale_of(dimension), extents);
    for (const DatasetSpec& spec : schema.datasets_of(extents.parts)) bytes += bytes_of(spec, extents);
    return bytes;
}

bool DatasetSpec::belongs_to(const std::set<Part>& present) const {
    return parts.empty() || std::any_of(parts.begin(), parts.end(), [&](Part part) { return present.contains(part); });
}

std::vector<DatasetSpec> Schema::datasets_of(const std::set<Part>& parts) const {
    std::vector<DatasetSpec> own;
    std::copy_if(datasets_.begin(), datasets_.end(), std::back_inserter(own),
                 [&](const DatasetSpec& spec) { return spec.belongs_to(parts); });
    return own;
}

std::vector<Dimension> Schema::dimensions_of(const std::set<Part>& parts) const {
    std::set<Dimension> used;
    for (const DatasetSpec& spec : datasets_)
        if (spec.belongs_to(parts)) used.insert(spec.dimensions.begin(), spec.dimensions.end());
    std::vector<Dimension> own;
    std::copy_if(dimensions_.begin(), dimensions_.end(), std::back_inserter(own),
                 [&](Dimension dimension) { return used.contains(dimension); });
    return own;
}

std::set<Part> parts_of(const hdf5::File& file, const Schema& schema) {
    std::set<Part> parts;
    for (const DatasetSpec& spec : schema.datasets())
        if (spec.parts.size() == 1 && file.has(spec.path)) parts.insert(spec.parts.front());
    return parts;
}

std::size_t maximum_text_bytes(const std::vector<std::string>& texts) {
    std::size_t longest = 1;
    for (const std::string& text : texts) longest = std::max(longest, text.size());
    return longest;
}

std::string documentation_table(const Schema& schema) {
    std::string out = "| dataset | type, shape | units | meaning |\n|---|---|---|---|\n";
    for (const DatasetSpec& spec : schema.datasets()) out += table_row(spec);
    for (const Dimension dimension : schema.dimensions()) out += table_row(scale_of(dimension));
    return out;
}

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
    for (const Dimension dimension : schema.dimensions_of(extents.parts))
        scales.emplace(dimension, add_scale(file, dimension, extents));
    for (const DatasetSpec& spec : schema.datasets_of(extents.parts)) {
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

namespace {

/// Throws InputError for a dataset of the file.
template <class... Arguments>
[[noreturn]] void refuse(const hdf5::File& file, fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    throw InputError(
        fmt::format("{}: {}", file.path().string(), fmt::format(text, std::forward<Arguments>(arguments)...)));
}

/// "" when the type is the element's, else what is wrong with the dataset.
std::string problem_with_type(const hdf5::Handle& type, const ElementType& element) {
    const std::size_t bytes = H5Tget_size(type.get());
    if (H5Tget_class(type.get()) != element.kind || (!element.is_text() && bytes != element.bytes))
        return "has another type than expected";
    if (element.is_text() && (H5Tis_variable_str(type.get()) > 0 || bytes > maximum_name_bytes))
        return fmt::format("does not hold fixed-length strings of at most {} bytes", maximum_name_bytes);
    return "";
}

void require_dataset(const hdf5::File& file, const DatasetSpec& spec, const std::vector<std::uint64_t>& expected) {
    const hdf5::Dataset dataset = file.dataset(spec.path);
    if (const auto& shape = dataset.shape(); shape != expected)
        refuse(file, "dataset {} has shape [{}] where [{}] is expected", spec.path, fmt::join(shape, ","),
               fmt::join(expected, ","));
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + spec.path);
    if (const std::string fault = problem_with_type(type, spec.element); !fault.empty())
        refuse(file, "dataset {} {}", spec.path, fault);
}

}  // namespace

std::uint64_t require_format(const hdf5::File& file, const Schema& schema) {
    const auto& [name, version, oldest, noun] = schema.format();
    if (const std::string found = text_attribute(file, "format"); found != name)
        refuse(file, "is not {} of semscope (its format attribute is \"{}\")", noun, found);
    const std::uint64_t found = hdf5::read_integer_attribute(file.id(), "format_version");
    if (found < oldest || found > version)
        refuse(file, "format version {}; this program reads version {}", found,
               oldest == version ? std::to_string(version) : fmt::format("{} to {}", oldest, version));
    return found;
}

void require_datasets(const hdf5::File& file, const Schema& schema, const Extents& extents) {
    const std::uint64_t version = hdf5::read_integer_attribute(file.id(), "format_version");
    for (const DatasetSpec& spec : schema.datasets_of(extents.parts))
        if (spec.since <= version) require_dataset(file, spec, shape_of(spec, extents));
}

std::uint64_t extent(const hdf5::File& file, const std::string& path) {
    const auto shape = file.dataset(path).shape();
    if (shape.size() != 1) refuse(file, "dataset {} must have one dimension", path);
    return shape[0];
}

std::uint64_t class_count(const hdf5::File& file, const Field<std::string>& names, std::uint64_t most) {
    const std::uint64_t count = extent(file, names.path);
    if (count == 0 || count > most)
        refuse(file, "dataset {} has {} names; from 1 to {} are read", names.path, count, most);
    return count;
}

std::vector<std::string> read_names(const hdf5::File& file, const Field<std::string>& field, comm::Range rows,
                                    std::string (*judge)(std::string_view)) {
    auto names = file.dataset(field.path).read_strings(rows);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (const std::string fault = judge(names[i]); !fault.empty())
            refuse(file, "{}[{}] = {} {}", field.path, rows.begin + i, quote(names[i]), fault);
    return names;
}

std::vector<std::uint64_t> read_offsets(const hdf5::File& file, const Field<std::uint64_t>& field, comm::Range rows,
                                        std::uint64_t end) {
    auto offsets = read(file, field, {rows.begin, rows.end + 1});
    for (std::size_t i = 0; i < offsets.size(); ++i)
        if (offsets[i] > end || (i > 0 && offsets[i] < offsets[i - 1]))
            refuse(file, "{} is inconsistent at row {}", field.path, rows.begin + i);
    return offsets;
}

std::string text_attribute(const hdf5::File& file, const std::string& name) {
    return hdf5::has_attribute(file.id(), name) ? hdf5::read_string_attribute(file.id(), name) : "";
}

}  // namespace semscope::results
