#include "semscope/cli/provenance.hpp"

#include "semscope/core/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace semscope::cli {

std::vector<std::pair<std::string, std::string>> provenance(const std::string& command_line) {
    std::vector<std::pair<std::string, std::string>> entries{
        {"software_version", std::string(version())},
        {"git_revision", std::string(git_revision())},
        {"created", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
        {"command_line", command_line}};
    if (const char* job = std::getenv("SLURM_JOB_ID")) entries.emplace_back("slurm_job_id", job);
    return entries;
}

std::string version_text(const std::string& program, const std::vector<std::string>& libraries) {
    return fmt::format("{} {} (revision {}, {} build)\n{}\n", program, version(), git_revision(), build_type(),
                       fmt::join(libraries, "\n"));
}

}  // namespace semscope::cli
