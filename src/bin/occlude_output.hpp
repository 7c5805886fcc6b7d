#pragma once

#include "semscope/app/log.hpp"
#include "semscope/app/options.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/survey.hpp"
#include "semscope/results/occlusion_layout.hpp"
#include "semscope/results/occlusion_writer.hpp"
#include "wiring.hpp"

#include <cstdint>

/// The output of semscope-occlude: judged before the run, made or opened for it.
namespace semscope::bin {

/// What stands under the name of the output before the run.
struct ExistingOutput {
    bool resumed = false;          ///< there is a file, and it is to be continued
    bool complete = false;         ///< it says so of itself
    std::uint64_t pending = 0;     ///< images that are to be done, unreadable ones that are retried included
    std::uint64_t unreadable = 0;  ///< images that are left as they are
};

/// The output exists though it may not, or its folder does not. Local.
void check_output(const app::Options& options, Problems& problems);

/// What a run of these options and inputs records in its file. Local; reads the network's file.
results::Provenance describe_run(const app::Options& options, const wiring::Inputs& inputs,
                                 const wiring::Placement& placement, int argc, char** argv);

/// One entry of it, "" when there is none of that name.
std::string entry(const results::Provenance& entries, const std::string& name);

/// With run.resume, compares an existing output with what a new one would be; every difference that forbids to continue
/// it becomes a problem that names both sides. Local, on rank 0.
ExistingOutput judge_existing(const app::Options& options, const wiring::Inputs& inputs,
                              const results::Provenance& present, const app::Log& log, Problems& problems);

/// Rank 0's view, for all ranks. Collective.
ExistingOutput broadcast(const ExistingOutput& existing, const mpi::Communicator& communicator);

/// Extents and labels of the file of these inputs; they must outlive it. Local.
results::OcclusionLayout describe_layout(const wiring::Inputs& inputs, const occlusion::Survey& survey);

/// Makes the output, complete with what the survey found, before it gets its name; then opens it. Collective.
/// `provenance`: of rank 0. Throws AgreedError; nothing is left behind then.
results::OcclusionWriter create_output(const app::Options& options, const wiring::Inputs& inputs,
                                       const occlusion::Survey& survey, const results::Provenance& provenance,
                                       const mpi::Communicator& communicator);

}  // namespace semscope::bin
