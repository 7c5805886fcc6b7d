#pragma once

#include <string>

namespace semscope::hdf5 {

/// "HDF5 1.10.8", for the provenance.
std::string library_description();

}  // namespace semscope::hdf5
