#pragma once

#include "semscope/hdf5/file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What readers ask of a file before they trust it. All throw InputError that names the file. Collective for a file of
/// all ranks.
namespace semscope::results {

using Shape = std::vector<std::uint64_t>;

/// The file says that it is of this format and version; `noun` names what is expected ("an occlusion file").
void require_format(const hdf5::File& file, const std::string& format, std::uint64_t version, const std::string& noun);

/// The dataset is there and has this shape, kind of type and size of an element (0: any).
void require_dataset(const hdf5::File& file, const std::string& name, const Shape& expected, H5T_class_t kind,
                     std::size_t bytes);

/// Length of a dataset of one dimension.
std::uint64_t extent(const hdf5::File& file, const std::string& name);

/// The number of classes that a dataset of names has, from 1 to `most`.
std::uint64_t class_count(const hdf5::File& file, const std::string& name, std::uint64_t most);

/// The dataset holds `count` fixed-length strings of at most longest_name bytes.
void require_names(const hdf5::File& file, const std::string& name, std::uint64_t count);

/// Reads such strings. What `judge` (of base/text.hpp) has against one of them is an error: names end up on terminals
/// and in paths.
std::vector<std::string> read_names(const hdf5::File& file, const std::string& name, mpi::Range rows,
                                    std::string (*judge)(std::string_view));

/// Offsets as read from row `first` on: none falls, none is beyond `end`.
void require_offsets(const hdf5::File& file, const std::string& name, const std::vector<std::uint64_t>& offsets,
                     std::uint64_t first, std::uint64_t end);

}  // namespace semscope::results
