#include "schema.hpp"

#include "semscope/base/error.hpp"
#include "semscope/base/limits.hpp"
#include "semscope/base/text.hpp"
#include "semscope/hdf5/attribute.hpp"
#include "semscope/results/format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace semscope::results {

std::string format_of(const hdf5::File& file) {
    if (!hdf5::has_attribute(file.id(), "format")) return "";
    return hdf5::read_string_attribute(file.id(), "format");
}

void require_format(const hdf5::File& file, const std::string& format, std::uint64_t version, const std::string& noun) {
    if (const std::string found = format_of(file); found != format)
        throw InputError(fmt::format("{}: is not {} of semscope (its format attribute is \"{}\")", file.path().string(),
                                     noun, found));
    const std::uint64_t found = hdf5::read_integer_attribute(file.id(), "format_version");
    if (found != version)
        throw InputError(
            fmt::format("{}: format version {}; this program reads version {}", file.path().string(), found, version));
}

void require_dataset(const hdf5::File& file, const std::string& name, const Shape& expected, H5T_class_t kind,
                     std::size_t bytes) {
    const hdf5::Dataset dataset = file.dataset(name);
    if (dataset.shape() != expected)
        throw InputError(fmt::format("{}: dataset {} has shape [{}] where [{}] is expected", file.path().string(), name,
                                     fmt::join(dataset.shape(), ","), fmt::join(expected, ",")));
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + name);
    if (H5Tget_class(type.get()) != kind || (bytes != 0 && H5Tget_size(type.get()) != bytes))
        throw InputError(fmt::format("{}: dataset {} has another type than expected", file.path().string(), name));
}

std::uint64_t extent(const hdf5::File& file, const std::string& name) {
    const Shape shape = file.dataset(name).shape();
    if (shape.size() != 1)
        throw InputError(fmt::format("{}: dataset {} must have one dimension", file.path().string(), name));
    return shape[0];
}

std::uint64_t class_count(const hdf5::File& file, const std::string& name, std::uint64_t most) {
    const std::uint64_t count = extent(file, name);
    if (count == 0 || count > most)
        throw InputError(
            fmt::format("{}: dataset {} has {} names; from 1 to {} are read", file.path().string(), name, count, most));
    require_names(file, name, count);
    return count;
}

void require_names(const hdf5::File& file, const std::string& name, std::uint64_t count) {
    require_dataset(file, name, {count}, H5T_STRING, 0);
    const hdf5::Dataset dataset = file.dataset(name);
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + name);
    if (H5Tis_variable_str(type.get()) > 0 || H5Tget_size(type.get()) > longest_name)
        throw InputError(fmt::format("{}: dataset {} does not hold fixed-length strings of at most {} bytes",
                                     file.path().string(), name, longest_name));
}

std::vector<std::string> read_names(const hdf5::File& file, const std::string& name, mpi::Range rows,
                                    std::string (*judge)(std::string_view)) {
    auto names = file.dataset(name).read_strings(rows);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (const std::string fault = judge(names[i]); !fault.empty())
            throw InputError(
                fmt::format("{}: {}[{}] = {} {}", file.path().string(), name, rows.begin + i, quote(names[i]), fault));
    return names;
}

void require_offsets(const hdf5::File& file, const std::string& name, const std::vector<std::uint64_t>& offsets,
                     std::uint64_t first, std::uint64_t end) {
    for (std::size_t i = 0; i < offsets.size(); ++i)
        if (offsets[i] > end || (i > 0 && offsets[i] < offsets[i - 1]))
            throw InputError(fmt::format("{}: {} is inconsistent at row {}", file.path().string(), name, first + i));
}

}  // namespace semscope::results
