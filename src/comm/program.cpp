#include "semscope/comm/program.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <new>

namespace semscope::comm {

namespace {

/// Prints an error that the other ranks do not know of and ends the job.
[[noreturn]] void abort_job(const Communicator& communicator, const char* program, ExitCode code, const char* message) {
    fmt::print(stderr, "{}: error: rank {} on {}: {}\n", program, communicator.rank(), host_name(),
               printable(message, true));
    (void)std::fflush(nullptr);
    MPI_Abort(communicator.native(), static_cast<int>(code));
    std::abort();  // not reached; MPI_Abort is not declared noreturn
}

ExitCode run_guarded(const Communicator& communicator, const char* program, const Body& body) {
    try {
        return body(communicator);
    } catch (const AgreedError& error) {
        const char* kind = error.exit_code() == ExitCode::stopped ? "" : "error: ";
        if (communicator.is_root()) fmt::print(stderr, "{}: {}{}\n", program, kind, printable(error.what(), true));
        return error.exit_code();
    } catch (const Error& error) {
        abort_job(communicator, program, error.exit_code(), error.what());
    } catch (const std::bad_alloc&) {
        abort_job(communicator, program, ExitCode::failed, "out of memory");
    } catch (const std::exception& error) {
        abort_job(communicator, program, ExitCode::failed, error.what());
    } catch (...) {
        abort_job(communicator, program, ExitCode::failed, "an error of unknown type");
    }
}

}  // namespace

const char* program_name() noexcept { return program_invocation_short_name; }

void end_job(const std::string& program, const std::string& message) {
    fmt::print(stderr, "{}: error: {}\n", program, message);
    (void)std::fflush(stderr);
    if (any_thread_may_call()) MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitCode::failed));
    _exit(static_cast<int>(ExitCode::failed));
}

int run_program(int argc, char** argv, const Body& body) {
    const Environment environment(argc, argv);
    const Communicator communicator = Communicator::world();
    return static_cast<int>(run_guarded(communicator, program_name(), body));
}

}  // namespace semscope::comm
