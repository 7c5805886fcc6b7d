#include "reading.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/attribute.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace semscope::results {

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
    if (element.is_text() && (H5Tis_variable_str(type.get()) > 0 || bytes > longest_name))
        return fmt::format("does not hold fixed-length strings of at most {} bytes", longest_name);
    return "";
}

void require_dataset(const hdf5::File& file, const DatasetSpec& spec, const std::vector<std::uint64_t>& expected) {
    const hdf5::Dataset dataset = file.dataset(spec.path);
    if (const auto shape = dataset.shape(); shape != expected)
        refuse(file, "dataset {} has shape [{}] where [{}] is expected", spec.path, fmt::join(shape, ","),
               fmt::join(expected, ","));
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + spec.path);
    if (const std::string fault = problem_with_type(type, spec.element); !fault.empty())
        refuse(file, "dataset {} {}", spec.path, fault);
}

}  // namespace

void require_format(const hdf5::File& file, const Schema& schema) {
    const auto& [name, version, noun] = schema.format();
    if (const std::string found = text_attribute(file, "format"); found != name)
        refuse(file, "is not {} of semscope (its format attribute is \"{}\")", noun, found);
    const std::uint64_t found = hdf5::read_integer_attribute(file.id(), "format_version");
    if (found != version) refuse(file, "format version {}; this program reads version {}", found, version);
}

void require_datasets(const hdf5::File& file, const Schema& schema, const Extents& extents) {
    for (const DatasetSpec& spec : schema.datasets()) require_dataset(file, spec, shape_of(spec, extents));
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
