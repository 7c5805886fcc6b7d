#include "semscope/cli/program_main.hpp"

#include "semscope/cli/configuration.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/program.hpp"
#include "semscope/core/text.hpp"
#include "semscope/core/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

namespace semscope::cli {

namespace {

/// Paths to the input may differ, as copies on the nodes do: what they lead to is compared where it is read.
bool may_differ(const Difference& difference) {
    const bool input = !difference.name.starts_with("output.");
    return input && difference.then.starts_with('/') && difference.now.starts_with('/');
}

/// Collective. Ranks with different options would make different collective calls, and wait for each other for ever.
void require_same_options(const cli::Options& options, const comm::Communicator& communicator) {
    const std::string own = options.resolved();
    const std::string of_root = communicator.broadcast(own);
    comm::agree(communicator, [&] {
        Problems problems;
        for (const Difference& difference : differences(of_root, own))
            if (!may_differ(difference))
                problems.add(
                    fmt::format("{} is {} here and {} on rank 0; all ranks need the same options: look at how "
                                "the ranks were started, and for a stale configuration file on the node",
                                difference.name, difference.now, difference.then));
        problems.throw_if_any();
    });
}

}  // namespace

int mpi_main(int argc, char** argv, cli::Options options, const std::vector<std::string>& libraries,
             const std::function<ExitCode(cli::Options&, const comm::Communicator&)>& run) {
    return comm::run_program(argc, argv, [&](const comm::Communicator& communicator) {
        const auto request = comm::agree(communicator, [&] { return options.parse(argc, argv); });
        if (request == cli::Request::run) {
            require_same_options(options, communicator);
            return run(options, communicator);
        }
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

std::vector<std::pair<std::string, std::string>> provenance(const std::string& command_line) {
    std::vector<std::pair<std::string, std::string>> entries{
        {"software_version", std::string(version())},
        {"git_revision", std::string(git_revision())},
        {"created", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
        {"command_line", command_line}};
    if (const char* job = std::getenv("SLURM_JOB_ID")) entries.emplace_back("slurm_job_id", job);
    return entries;
}

std::string version_text(const std::string& program, const std::vector<std::string>& libraries) {
    return fmt::format("{} {} (revision {}, {} build)\n{}\n", program, version(), git_revision(), build_type(),
                       fmt::join(libraries, "\n"));
}

}  // namespace semscope::cli
