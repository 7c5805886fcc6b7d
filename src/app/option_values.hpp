#pragma once

#include "semscope/app/options.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace semscope::app {

/// The value as a number of its kind; nothing when it is none.
std::optional<std::int64_t> to_integer(const std::string& text);
std::optional<double> to_real(const std::string& text);
std::optional<std::array<double, 3>> to_three_reals(const std::string& text);
std::optional<bool> to_flag(const std::string& text);

/// What is wrong with a value for an option: "" when nothing is.
std::string judge_value(const OptionSpec& spec, const std::string& text);

/// Whether two texts are the same value of an option, such as "0.5" and "0.50" of a number.
bool same_value(const OptionSpec& spec, const std::string& a, const std::string& b);

}  // namespace semscope::app
