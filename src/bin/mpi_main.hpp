#pragma once

#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"
#include "semscope/mpi/communicator.hpp"

#include <functional>
#include <string>
#include <vector>

namespace semscope::bin {

/// The main of an MPI program with options: reads them on every rank, answers --help and --version on rank 0, else
/// calls `run`. Returns the exit code, see mpi::run_program. `libraries`: what --version says beside the version.
int mpi_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
             const std::function<ExitCode(app::Options&, const mpi::Communicator&)>& run);

}  // namespace semscope::bin
