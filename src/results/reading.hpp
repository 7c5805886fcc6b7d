#pragma once

#include "schema.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/hdf5/file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What readers ask of a file before they trust it, and how they read by the table. All throw InputError that names the
/// file. Collective for a file of all ranks.
namespace semscope::results {

/// The file says that it is of this format and version.
void require_format(const hdf5::File& file, const Schema& schema);

/// Every dataset of the table is there and has the type and shape that the table and the extents call for.
void require_datasets(const hdf5::File& file, const Schema& schema, const Extents& extents);

/// Length of a dataset of one dimension.
std::uint64_t extent(const hdf5::File& file, const std::string& path);

/// The number of classes that a dataset of names has, from 1 to `most`.
std::uint64_t class_count(const hdf5::File& file, const Field<std::string>& names, std::uint64_t most);

/// Rows of a dataset.
template <hdf5::Number T>
std::vector<T> read(const hdf5::File& file, const Field<T>& field, comm::Range rows) {
    return file.dataset(field.path).template read<T>(rows);
}

/// Names or paths. What `judge` (of core/text.hpp) has against one of them is an error: names end up on terminals and
/// in paths.
std::vector<std::string> read_names(const hdf5::File& file, const Field<std::string>& field, comm::Range rows,
                                    std::string (*judge)(std::string_view));

/// The offsets that enclose rows, one more than rows: none falls, none is beyond `end`.
std::vector<std::uint64_t> read_offsets(const hdf5::File& file, const Field<std::uint64_t>& field, comm::Range rows,
                                        std::uint64_t end);

/// A text attribute of the root group, "" when the file has none.
std::string text_attribute(const hdf5::File& file, const std::string& name);

}  // namespace semscope::results
