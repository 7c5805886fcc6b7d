#include "semscope/core/csv.hpp"

#include <fmt/format.h>

#include <cmath>

namespace semscope {

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char each : text) quoted += each == '"' ? std::string("\"\"") : std::string(1, each);
    return quoted + '"';
}

std::string csv_number(float value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string csv_number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

}  // namespace semscope
