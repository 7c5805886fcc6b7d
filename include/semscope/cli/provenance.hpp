#pragma once

#include <string>
#include <utility>
#include <vector>

namespace semscope::cli {

/// Attribute names and texts that say when and how a file was made: software_version, git_revision, created (UTC),
/// command_line, and slurm_job_id where there is one. No other environment variable is recorded. Local.
std::vector<std::pair<std::string, std::string>> provenance(const std::string& command_line);

/// Text for --version: version, git revision, build type, and the given library descriptions.
std::string version_text(const std::string& program, const std::vector<std::string>& libraries);

}  // namespace semscope::cli
