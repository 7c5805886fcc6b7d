#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"

#include <functional>
#include <string>

namespace semscope::comm {

/// Body of an MPI program: gets the communicator of the job, returns how the program ends.
using Body = std::function<ExitCode(const Communicator&)>;

/// Runs `body` as the whole of `main` and returns the process's exit code. Collective over the job.
///
/// An AgreedError ends all ranks in order: rank 0 prints it and every rank returns its code. Any other exception is
/// one that the other ranks do not know of: it is printed with rank and host, and MPI_Abort ends the job with its code,
/// since the others may wait in a collective call.
int run_program(int argc, char** argv, const Body& body);

/// The name of this program's file, for messages. Local.
const char* program_name() noexcept;

/// Ends the whole job with exit code 1, from any thread, when the main threads cannot be reached: prints the message
/// and calls MPI_Abort, or, where MPI allows no calls from other threads, ends the process, which makes the launcher
/// end the others.
[[noreturn]] void end_job(const std::string& program, const std::string& message);

}  // namespace semscope::comm
