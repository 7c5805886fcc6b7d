#pragma once

#include "semscope/base/key_values.hpp"

#include <mpi.h>

namespace semscope::hdf5 {

/// An MPI_Info made of key-value pairs, freed at the end of its life; MPI_INFO_NULL without pairs.
class Info {
  public:
    /// Throws UsageError when a key or value is longer than this MPI can carry.
    explicit Info(const KeyValues& pairs);
    Info(const Info&) = delete;
    Info& operator=(const Info&) = delete;
    ~Info();

    MPI_Info native() const noexcept { return handle_; }

  private:
    MPI_Info handle_ = MPI_INFO_NULL;
};

/// The hints in effect for an open MPI file, sorted by key. Throws LibraryError.
KeyValues hints_of(MPI_File file);

}  // namespace semscope::hdf5
