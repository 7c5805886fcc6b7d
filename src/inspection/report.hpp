#pragma once

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

/// What the reports of all result files have in common.
namespace semscope::inspection {

/// Calls visit(name, text) for every text attribute that tells how the file was made, in the order of the reports.
template <class Reader, class Visit>
void visit_provenance(const Reader& file, Visit&& visit) {
    for (const char* name : {"software_version", "git_revision", "created", "command_line", "slurm_job_id", "device",
                             "hardware", "threads", "batch_invariant", "thread_invariant", "precision", "libraries",
                             "model_sha256", "image_list_sha256", "configuration_digest", "occlusion_identity"})
        if (const std::string text = file.attribute(name); !text.empty()) visit(name, text);
}

/// Prints what is wrong with the content, or `sound` when nothing is.
inline ExitCode conclude_check(const std::filesystem::path& path, const std::vector<std::string>& findings,
                               const std::string& sound) {
    for (const std::string& finding : findings) fmt::print(stderr, "{}: {}\n", path.string(), finding);
    if (!findings.empty()) return ExitCode::bad_input;
    fmt::print("{}: {}\n", path.string(), sound);
    return ExitCode::done;
}

}  // namespace semscope::inspection
