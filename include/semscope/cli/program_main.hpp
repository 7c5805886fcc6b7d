#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace semscope::cli {

/// The main of an MPI program with options: reads them on every rank, answers --help and --version on rank 0, else
/// calls `run`. Returns the exit code, see comm::run_program. `libraries`: what --version says beside the version.
int mpi_main(int argc, char** argv, cli::Options options, const std::vector<std::string>& libraries,
             const std::function<ExitCode(cli::Options&, const comm::Communicator&)>& run);

/// The main of a program with options that runs as one process: reads them, answers --help and --version, else calls
/// `run`. Prints the errors that it throws and returns the exit code. `libraries`: what --version says beside the
/// version.
int serial_main(int argc, char** argv, cli::Options options, const std::vector<std::string>& libraries,
                const std::function<ExitCode(cli::Options&)>& run);

/// Attribute names and texts that say when and how a file was made: software_version, git_revision, created (UTC),
/// command_line, and slurm_job_id where there is one. No other environment variable is recorded. Local.
std::vector<std::pair<std::string, std::string>> provenance(const std::string& command_line);

/// Text for --version: version, git revision, build type, and the given library descriptions.
std::string version_text(const std::string& program, const std::vector<std::string>& libraries);

}  // namespace semscope::cli
