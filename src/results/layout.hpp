#pragma once

#include "schema.hpp"
#include "semscope/hdf5/file.hpp"

#include <filesystem>
#include <functional>

namespace semscope::results {

/// Creates a file: every scale and dataset of the table, allocated, with scales attached, and the attributes that name
/// the format. `fill` then writes what else there is to write now. Reserves the disk space. Local. Throws IoError when
/// the file cannot be made or the disk is full; nothing is left of it then.
void create_file(const std::filesystem::path& path, const Schema& schema, const Extents& extents,
                 const std::function<void(hdf5::File&)>& fill);

}  // namespace semscope::results
