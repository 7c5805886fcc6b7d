#include "semscope/cli/program_main.hpp"

#include "semscope/cli/provenance.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/program.hpp"
#include "semscope/core/text.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace semscope::cli {

int mpi_main(int argc, char** argv, cli::Options options, const std::vector<std::string>& libraries,
             const std::function<ExitCode(cli::Options&, const comm::Communicator&)>& run) {
    return comm::run_program(argc, argv, [&](const comm::Communicator& communicator) {
        const auto request = comm::agree(communicator, [&] { return options.parse(argc, argv); });
        if (request == cli::Request::run) return run(options, communicator);
        if (communicator.is_root()) {
            const std::string program = std::filesystem::path(argv[0]).filename().string();
            fmt::print("{}", request == cli::Request::help ? options.help() : cli::version_text(program, libraries));
        }
        return ExitCode::done;
    });
}

namespace {

ExitCode respond(int argc, char** argv, cli::Options& options, const std::string& program,
                 const std::vector<std::string>& libraries, const std::function<ExitCode(cli::Options&)>& run) {
    const auto request = options.parse(argc, argv);
    if (request == cli::Request::run) return run(options);
    fmt::print("{}", request == cli::Request::help ? options.help() : cli::version_text(program, libraries));
    return ExitCode::done;
}

}  // namespace

int serial_main(int argc, char** argv, cli::Options options, const std::vector<std::string>& libraries,
                const std::function<ExitCode(cli::Options&)>& run) {
    const std::string program = std::filesystem::path(argv[0]).filename().string();
    try {
        return static_cast<int>(respond(argc, argv, options, program, libraries, run));
    } catch (const Error& error) {
        fmt::print(stderr, "{}: error: {}\n", program, printable(error.what(), true));
        return static_cast<int>(error.exit_code());
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: error: {}\n", program, printable(error.what(), true));
        return static_cast<int>(ExitCode::failed);
    }
}

}  // namespace semscope::cli
