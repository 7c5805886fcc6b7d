#pragma once

#include "semscope/hdf5/file.hpp"

#include <string>

namespace semscope::results {

/// SHA-256 over all datasets of a file, for comparing runs: for each dataset, in the order of its path, the path, type,
/// shape and the bytes as stored (little-endian). Attributes are left out, since they tell when, where and how the file
/// was made. Reads in blocks. Local. Throws InputError for a file that holds other things than numbers and fixed-length
/// strings.
std::string content_digest(const hdf5::File& file);

}  // namespace semscope::results
