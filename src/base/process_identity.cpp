#include "process_identity.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace semscope {

namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Field 22 of /proc/PID/stat; "" when there is no such process or it is a zombie, which holds nothing any more.
std::string start_time(long pid) {
    const std::string line = first_line(fmt::format("/proc/{}/stat", pid));
    const std::size_t name_end = line.rfind(')');  // the name may hold blanks and brackets
    if (name_end == std::string::npos) return "";
    std::istringstream fields(line.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= 22 && fields >> field; ++number)
        if (number == 3 && (field == "Z" || field == "X")) return "";
    return field;
}

std::string machine_identity() {
    std::error_code ignored;
    return first_line("/proc/sys/kernel/random/boot_id") + " " +
           std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
}

}  // namespace

ProcessIdentity ProcessIdentity::own() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return {host.data(),
            machine_identity(),
            ::getpid(),
            start_time(::getpid()),
            environment("SLURM_JOB_ID"),
            environment("SLURM_RESTART_COUNT")};
}

std::string ProcessIdentity::to_text() const {
    return fmt::format("host = {}\nmachine = {}\npid = {}\nstarted = {}\njob = {}\nrestart = {}\n", host, machine, pid,
                       started, job, restart);
}

ProcessIdentity ProcessIdentity::from_text(const std::string& text) {
    std::map<std::string, std::string> values;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (const std::size_t sign = line.find(" = "); sign != std::string::npos)
            values[line.substr(0, sign)] = line.substr(sign + 3);
    ProcessIdentity identity{values["host"], values["machine"], 0, values["started"], values["job"], values["restart"]};
    const std::string& pid = values["pid"];
    std::from_chars(pid.data(), pid.data() + pid.size(), identity.pid);
    return identity;
}

bool ProcessIdentity::is_known_dead(const ProcessIdentity& self) const {
    // With an empty machine (no /proc, or a record that is not whole) nothing is known.
    return !machine.empty() && machine == self.machine && start_time(pid) != started;
}

bool ProcessIdentity::is_former_life_of(const ProcessIdentity& self) const {
    return !job.empty() && job == self.job && restart != self.restart;
}

std::string ProcessIdentity::describe() const {
    if (host.empty()) return "an unknown process";
    return fmt::format("process {} on {}{}", pid, host, job.empty() ? "" : fmt::format(" (Slurm job {})", job));
}

}  // namespace semscope
