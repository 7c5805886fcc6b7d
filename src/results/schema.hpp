#pragma once

#include "semscope/hdf5/file.hpp"

#include <cstdint>
#include <string>
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

}  // namespace semscope::results
