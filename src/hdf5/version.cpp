#include "semscope/hdf5/version.hpp"

#include <fmt/format.h>
#include <hdf5.h>

namespace semscope::hdf5 {

std::string library_description() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return fmt::format("HDF5 {}.{}.{}", major, minor, release);
}

}  // namespace semscope::hdf5
