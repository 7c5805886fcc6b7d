#pragma once

#include <string>
#include <vector>

namespace semscope::testing_support {

/// How a program ended and what it printed, stdout and stderr together.
struct Outcome {
    int exit_code = -1;
    std::string output;
};

/// How many times longer than usual everything may take: SEMSCOPE_TEST_PATIENCE, which slow builds (sanitizers) set.
double patience();

/// Runs a program with arguments (no shell) and waits for it, at most `seconds` times patience(): exit code 124 when it
/// took longer.
Outcome run_program(const std::vector<std::string>& command, int seconds = 120);

/// The same under mpiexec with this many ranks.
Outcome run_ranks(int ranks, std::vector<std::string> command, int seconds = 120);

}  // namespace semscope::testing_support
