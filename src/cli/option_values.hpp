#pragma once

#include "semscope/cli/option.hpp"

#include <string>

namespace semscope::cli {

/// What is wrong with a value for an option: "" when nothing is.
std::string problem_with_value(const OptionSpec& spec, const std::string& text);

/// Whether two texts are the same value of an option, such as "0.5" and "0.50" of a number.
bool same_value(const OptionSpec& spec, const std::string& a, const std::string& b);

}  // namespace semscope::cli
