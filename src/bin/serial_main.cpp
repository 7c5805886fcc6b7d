#include "serial_main.hpp"

#include "semscope/app/provenance.hpp"
#include "semscope/base/text.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace semscope::bin {

namespace {

ExitCode respond(int argc, char** argv, app::Options& options, const std::string& program,
                 const std::vector<std::string>& libraries, const std::function<ExitCode(app::Options&)>& run) {
    const auto request = options.parse(argc, argv);
    if (request == app::Request::run) return run(options);
    fmt::print("{}", request == app::Request::help ? options.help() : app::version_text(program, libraries));
    return ExitCode::done;
}

}  // namespace

int serial_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
                const std::function<ExitCode(app::Options&)>& run) {
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

}  // namespace semscope::bin
