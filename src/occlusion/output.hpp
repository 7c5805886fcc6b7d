#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/occlusion/setup.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <vector>

namespace semscope::occlusion {

/// The states of all images from which a file is continued: with `retry` images without a result (unreadable, or
/// without finite scores) are pending again. Each of them has its rows reserved, as the survey has read its label map
/// before anything was written: so all of them can be retried. Local, pure.
std::vector<std::uint8_t> states_to_resume(std::vector<std::uint8_t> status, bool retry);

/// Makes images pending in the file that are so in `status`. Collective.
void mark_retried(results::OcclusionWriter& writer, std::span<const std::uint8_t> status,
                  const comm::Communicator& communicator);

/// What stands under the name of the output before the run.
struct ExistingOutput {
    bool resumed = false;          ///< there is a file, and it is to be continued
    bool complete = false;         ///< it says so of itself
    std::uint64_t pending = 0;     ///< images that are to be done, those that are retried included
    std::uint64_t unreadable = 0;  ///< images that are left as they are
    std::uint64_t not_finite = 0;  ///< the same
    bool other_hardware = false;   ///< it was begun on hardware that rounds otherwise
    bool incremental = false;      ///< it was begun with incremental inference
};

/// Adds the problem that the output exists, when it may neither be continued nor replaced. Local; for the rank that
/// holds the lock of the output, as another job may make the file until then.
void check_existing(const cli::Settings& settings, Problems& problems);

/// Adds what is wrong with the path of the output: its folder does not exist, it is an input. Local.
void check_output(const cli::Settings& settings, Problems& problems);

/// What a run of these options and inputs records in its file. Local; reads the network's file.
results::Provenance describe_run(const cli::RunContext& context, const occlusion::Inputs& inputs,
                                 const network::Placement& placement);

/// One entry of it, "" when there is none of that name.
std::string entry(const results::Provenance& entries, const std::string& name);

/// With run.resume, compares an existing output with what a new one would be; every difference that forbids to continue
/// it becomes a problem that names both sides. Local, on rank 0.
ExistingOutput examine_existing(const cli::RunContext& context, const occlusion::Inputs& inputs,
                                const results::Provenance& present, Problems& problems);

/// On what a run's numbers depend besides its options and inputs.
struct RunShape {
    network::Invariance invariance;  ///< of the network
    int threads = 1;                 ///< compute threads of a rank
    int ranks = 1;
};

/// Records it in what a new file holds.
void add_shape(const RunShape& shape, results::Provenance& entries);

/// Adds the problems that a file was begun with other ranks or threads, where the network's numbers depend on them.
/// Local, on rank 0.
void compare_shape(const std::filesystem::path& path, const RunShape& now, Problems& problems);

/// Rank 0's view, for all ranks. Collective.
ExistingOutput broadcast(const ExistingOutput& existing, const comm::Communicator& communicator);

/// Extents and labels of the file of these inputs; they must outlive it. Local.
results::OcclusionLayout describe_layout(const attribution::Settings& settings, const occlusion::Inputs& inputs,
                                         const occlusion::Survey& survey);

/// Makes the output, complete with what the survey found, before it gets its name; then opens it. Collective.
/// `provenance`: of rank 0. Throws AgreedError; nothing is left behind then.
results::OcclusionWriter create_output(const cli::Settings& settings, const occlusion::Inputs& inputs,
                                       const occlusion::Survey& survey, const results::Provenance& provenance,
                                       const comm::Communicator& communicator);

}  // namespace semscope::occlusion
