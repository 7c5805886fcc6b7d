#pragma once

#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"

#include <functional>
#include <string>
#include <vector>

namespace semscope::bin {

/// The main of a program with options that runs as one process: reads them, answers --help and --version, else calls
/// `run`. Prints the errors that it throws and returns the exit code. `libraries`: what --version says beside the
/// version.
int serial_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
                const std::function<ExitCode(app::Options&)>& run);

}  // namespace semscope::bin
