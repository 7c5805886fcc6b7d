#pragma once

#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <filesystem>
#include <string>

namespace semscope::results {

/// The text of a file's format attribute, such as occlusion_format; "" when it has none. Local, or collective for a
/// file of all ranks. Throws InputError when the attribute is not a text.
std::string format_of(const hdf5::File& file);

/// SHA-256 over all datasets of a file, for comparing runs: for each dataset, in the order of its path, the path, type,
/// shape and the bytes as stored (little-endian). Attributes are left out, since they tell when, where and how the file
/// was made. Reads in blocks. Local. Throws InputError for a file that holds other things than numbers and fixed-length
/// strings.
std::string content_digest(const hdf5::File& file);

/// A SHA-256 that tells one occlusion file from another without reading its numbers: over the digests of its
/// configuration, model and image list, when it was created, its extents, and how many images were done. What is made
/// of the file records it as occlusion_identity. Local; reads the statuses.
std::string identity_of(const OcclusionReader& file);

/// Whether the statistics were made from this occlusion file, as it now stands. Local.
bool made_from(const StatisticsReader& statistics, const OcclusionReader& occlusion);

/// What stands behind the name of a file that this process makes: `.creating.<number of this process>`.
std::string creation_suffix();

/// Where a file is made before it gets its name.
std::filesystem::path temporary_path(const std::filesystem::path& path);

/// Reserves the disk space of a file at its present length (HDF5 leaves holes), so that a full disk shows now and not
/// in hours. Throws IoError when there is no room. On file systems that cannot reserve, it only compares with
/// the space that is free now: other users may take it later, and then the write that finds none fails.
void reserve_space(const std::filesystem::path& path);

/// Removes what killed processes left behind while they made `path`. For a process that holds the lock of `path`, so
/// that none of them is still at work.
void remove_leftovers(const std::filesystem::path& path);

}  // namespace semscope::results
