#pragma once

#include "semscope/demo/dataset.hpp"

#include <optional>

namespace semscope::demo {

/// Reads the command line of semscope-make-demo. It answers --help and --version on stdout, and returns nothing then.
/// Local. Throws UsageError for an unknown option, a bad value or a missing folder.
std::optional<DatasetOptions> parse_command_line(int argc, char** argv);

}  // namespace semscope::demo
