#pragma once

#include <filesystem>
#include <string>

/// How a result file comes to be: made under another name, brought to the disk, then renamed. All local.
namespace semscope::results {

/// What stands behind the name of a file that this process makes: `.creating.<number of this process>`.
std::string creation_suffix();

/// Where a file is made before it gets its name.
std::filesystem::path temporary_path(const std::filesystem::path& path);

/// Reserves the disk space of a file at its present length (HDF5 leaves holes), so that a full disk shows now and not
/// in hours. Throws IoError when there is no room. On file systems that cannot reserve, it only compares with
/// the space that is free now: other users may take it later, and then the write that finds none fails.
void reserve_space(const std::filesystem::path& path);

/// What becomes of a file that has the name already.
enum class Existing { keep, replace };

/// Gives a file that is whole its name and brings both to the disk: under the final name a file is never seen half
/// made, and an old file of this name stays whole until it is replaced. Throws IoError, also for a file that is kept.
void publish(const std::filesystem::path& temporary, const std::filesystem::path& path, Existing existing);

/// Removes what killed processes left behind while they made `path`. For a process that holds the lock of `path`, so
/// that none of them is still at work.
void remove_leftovers(const std::filesystem::path& path);

}  // namespace semscope::results
