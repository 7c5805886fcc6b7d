#include "semscope/mpi/version.hpp"

#include <mpi.h>

#include <array>

namespace semscope::mpi {

std::string library_description() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    const std::string whole(text.data(), static_cast<std::size_t>(length));
    return whole.substr(0, whole.find_first_of(",\n"));  // what follows is about the build
}

}  // namespace semscope::mpi
