#include "semscope/core/process.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <string>

namespace semscope {

std::optional<unsigned long long> process_start_ticks(long pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');  // the name may hold blanks and brackets
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(name_end + 1));
    std::string field;
    constexpr int state = 3, start_time = 22;
    for (int number = state; number < start_time && fields >> field; ++number)
        if (number == state && (field == "Z" || field == "X")) return std::nullopt;
    unsigned long long ticks = 0;
    if (!(fields >> ticks)) return std::nullopt;
    return ticks;
}

}  // namespace semscope
