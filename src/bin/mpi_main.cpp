#include "mpi_main.hpp"

#include "semscope/app/provenance.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/program.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace semscope::bin {

int mpi_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
             const std::function<ExitCode(app::Options&, const mpi::Communicator&)>& run) {
    return mpi::run_program(argc, argv, [&](const mpi::Communicator& communicator) {
        const auto request = mpi::agree(communicator, [&] { return options.parse(argc, argv); });
        if (request == app::Request::run) return run(options, communicator);
        if (communicator.is_root()) {
            const std::string program = std::filesystem::path(argv[0]).filename().string();
            fmt::print("{}", request == app::Request::help ? options.help() : app::version_text(program, libraries));
        }
        return ExitCode::done;
    });
}

}  // namespace semscope::bin
