#include "semscope/app/provenance.hpp"

#include "semscope/base/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <ctime>
#include <span>

namespace semscope::app {

std::vector<std::pair<std::string, std::string>> provenance(int argc, const char* const* argv) {
    std::vector<std::pair<std::string, std::string>> entries{
        {"software_version", std::string(version())},
        {"git_revision", std::string(git_revision())},
        {"created", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
        {"command_line", fmt::format("{}", fmt::join(std::span(argv, static_cast<std::size_t>(argc)), " "))}};
    if (const char* job = std::getenv("SLURM_JOB_ID")) entries.emplace_back("slurm_job_id", job);
    return entries;
}

std::string version_text(const std::string& program, const std::vector<std::string>& libraries) {
    return fmt::format("{} {} (revision {}, {} build)\n{}\n", program, version(), git_revision(), build_type(),
                       fmt::join(libraries, "\n"));
}

}  // namespace semscope::app
