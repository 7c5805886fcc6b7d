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

/// Compares what the survey found now with what the file holds of the survey that it was begun with: the scene of every
/// image, and its classes and their pixels. Collective. What differs is added to this rank's `problems`, some images by
/// name and the rest counted.
void compare_with_survey(const Source& source, const Survey& survey, const results::OcclusionWriter& writer,
                         const comm::Communicator& communicator, Problems& problems);

/// The states of all images in the file, on every rank. Collective. With `retry_unreadable` unreadable images become
/// pending, in the file as well. Any image that can be unreadable has its rows reserved, as the survey has to have read
/// its label map before anything is written: so all of them can be retried.
std::vector<std::uint8_t> images_to_resume(results::OcclusionWriter& writer, const comm::Communicator& communicator,
                                           bool retry_unreadable);

/// What stands under the name of the output before the run.
struct ExistingOutput {
    bool resumed = false;          ///< there is a file, and it is to be continued
    bool complete = false;         ///< it says so of itself
    std::uint64_t pending = 0;     ///< images that are to be done, unreadable ones that are retried included
    std::uint64_t unreadable = 0;  ///< images that are left as they are
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

/// Rank 0's view, for all ranks. Collective.
ExistingOutput broadcast(const ExistingOutput& existing, const comm::Communicator& communicator);

/// Extents and labels of the file of these inputs; they must outlive it. Local.
results::OcclusionLayout describe_layout(const occlusion::Inputs& inputs, const occlusion::Survey& survey);

/// Makes the output, complete with what the survey found, before it gets its name; then opens it. Collective.
/// `provenance`: of rank 0. Throws AgreedError; nothing is left behind then.
results::OcclusionWriter create_output(const cli::OutputSettings& output, const occlusion::Inputs& inputs,
                                       const occlusion::Survey& survey, const results::Provenance& provenance,
                                       const comm::Communicator& communicator);

}  // namespace semscope::occlusion
