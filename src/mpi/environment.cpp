#include "semscope/mpi/environment.hpp"

#include "semscope/base/error.hpp"

#include <mpi.h>

#include <exception>

namespace semscope::mpi {

Environment::Environment(int& argc, char**& argv) {
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    if (provided < MPI_THREAD_FUNNELED) throw LibraryError("this MPI library does not provide MPI_THREAD_FUNNELED");
}

Environment::~Environment() {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
}

}  // namespace semscope::mpi
