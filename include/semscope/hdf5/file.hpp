#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/hdf5/handle.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::hdf5 {

enum class Access { read, read_write };

/// An open HDF5 file.
///
/// Files are laid out by one process (`create`), with every dataset contiguous and allocated, and then opened by all
/// ranks together (`open` with a communicator), which from then on move raw data only. A file opened with a
/// communicator makes every transfer collective: all its ranks make the same calls in the same order, a rank without
/// data included.
class File {
  public:
    /// A new file at `path`, which must not exist. Local. Throws IoError when it cannot be made.
    static File create(const std::filesystem::path& path);

    /// Opens a file for this process alone. Local. Throws InputError when it is not there or not an HDF5 file, IoError
    /// when its file system fails.
    static File open(const std::filesystem::path& path, Access access);

    /// Opens a file for all ranks. Collective; the communicator must outlive the file. Throws as above, possibly on
    /// some ranks only: callers agree afterwards. When MPI cannot open the file on this rank though the operating
    /// system has just done so, the job ends with code 1 and a message that names the rank. `hints` go to MPI-IO, which
    /// ignores those it does not know; see check_hints.
    static File open(const std::filesystem::path& path, Access access, const comm::Communicator& communicator,
                     const KeyValues& hints = {});

    /// The hints that MPI-IO has in effect for this file, its own included, sorted by key; none for a file that is not
    /// open in parallel. Local.
    KeyValues hints() const;

    File(File&& other) noexcept = default;
    File& operator=(File&& other) noexcept = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    /// Collective for a file of all ranks, which is left open while an error unwinds that the others do not know of.
    ~File();

    const std::filesystem::path& path() const noexcept { return path_; }
    hid_t id() const noexcept { return file_.get(); }

    /// Creates a contiguous dataset, allocated now and never filled. `type` is an HDF5 file type.
    Dataset create_dataset(const std::string& name, hid_t type, const std::vector<std::uint64_t>& shape);
    template <Number T>
    Dataset create_dataset(const std::string& name, const std::vector<std::uint64_t>& shape) {
        return create_dataset(name, file_type<T>(), shape);
    }

    /// Opens a dataset. Throws InputError when there is none of this name, when its data lie in other files, or when
    /// it says that it holds more than the file can (so that what is read of it never takes much more memory than the
    /// file is long). Links that lead elsewhere are not followed. In a file of all ranks, which somebody has looked at
    /// before, none of this is to be expected: there it ends the job with code 1 and a message that names the rank.
    Dataset dataset(const std::string& name) const;
    bool has(const std::string& name) const;

    /// Opens a group, for its attributes. Throws InputError when there is none of this name.
    Handle group(const std::string& name) const;

    /// Names of all datasets with their full path, sorted.
    std::vector<std::string> dataset_names() const;

    /// Hands all data and metadata to the operating system. Collective for a file of all ranks.
    void flush();

    /// Closes now. Collective for a file of all ranks. Every Dataset of the file must be gone before, as HDF5 refuses
    /// otherwise. Throws LibraryError when closing fails, which the destructor cannot.
    void close();

  private:
    Dataset open_dataset(const std::string& name) const;
    File(Handle file, std::filesystem::path path, bool parallel);

    Handle file_;
    std::filesystem::path path_;
    bool parallel_ = false;
};

/// Throws UsageError when a hint is longer than this MPI can carry, so that it shows before any file is made. Local.
void check_hints(const KeyValues& hints);

}  // namespace semscope::hdf5
