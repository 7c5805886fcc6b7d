#include "semscope/core/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace semscope {

namespace {

namespace fs = std::filesystem;

/// The number that a file begins with; 0 when there is none ("max", no such file).
std::uint64_t number_in(const fs::path& path) {
    std::ifstream file(path);
    std::uint64_t number = 0;
    return file >> number ? number : 0;
}

std::uint64_t machine_memory(const fs::path& root) {
    std::ifstream file(root / "proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    return file >> name >> kibibytes && name == "MemTotal:" ? kibibytes << 10U : 0;
}

/// The lesser of two limits, of which 0 is none.
std::uint64_t lesser(std::uint64_t a, std::uint64_t b) { return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b); }

/// The least limit of a group and of those above it. `mount`: where the hierarchy is seen.
std::uint64_t group_limit(const fs::path& mount, const std::string& group, const char* file) {
    std::uint64_t limit = number_in(mount / file);
    fs::path folder = mount;
    for (const fs::path& part : fs::path(group).relative_path()) {
        folder /= part;
        limit = lesser(limit, number_in(folder / file));
    }
    return limit;
}

}  // namespace

std::uint64_t peak_memory(const fs::path& root) {
    std::ifstream file(root / "proc/self/status");
    for (std::string line; std::getline(file, line);) {
        constexpr std::string_view name = "VmHWM:";
        if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10) << 10U;  // "... kB"
    }
    return 0;
}

std::uint64_t memory_limit(const fs::path& root) {
    std::uint64_t limit = machine_memory(root);
    std::ifstream groups(root / "proc/self/cgroup");
    // hierarchy:controllers:path; of version 2 the line begins with "0::".
    for (std::string line; std::getline(groups, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
        const std::string group = line.substr(second + 1);
        if (controllers == ",,")
            limit = lesser(limit, group_limit(root / "sys/fs/cgroup", group, "memory.max"));
        else if (controllers.find(",memory,") != std::string::npos)
            limit = lesser(limit, group_limit(root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    return limit;
}

}  // namespace semscope
