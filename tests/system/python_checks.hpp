#pragma once

#include "support/program.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace semscope {

/// Runs a script of tests/system/python with Debian's Python.
inline testing_support::Outcome run_python(const std::string& script, const std::vector<std::string>& arguments,
                                           int seconds = 300) {
    std::vector<std::string> command{SEMSCOPE_PYTHON,
                                     std::string(SEMSCOPE_SOURCE_DIR) + "/tests/system/python/" + script};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return testing_support::run_program(command, seconds);
}

/// Folder of real photos and networks beside the checkout, which a developer may have and a user has not.
inline std::filesystem::path real_data() {
    return std::filesystem::path(SEMSCOPE_SOURCE_DIR).parent_path() / "shared/data";
}

}  // namespace semscope
