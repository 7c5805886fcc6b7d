#pragma once

#include <string>

namespace semscope::mpi {

/// Name and version of the MPI library, for the provenance.
std::string library_description();

}  // namespace semscope::mpi
