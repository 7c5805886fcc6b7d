#pragma once

#include "output.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/incremental/occluder.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/network/device.hpp"
#include "semscope/occlusion/setup.hpp"
#include "semscope/occlusion/survey.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace semscope::occlusion {

/// Everything that is checked before the output is touched.
struct Preparation {
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    std::optional<occlusion::Inputs> inputs;
    std::optional<incremental::Occluder> occluder;
    network::Placement placement;
    results::Provenance provenance;  ///< on rank 0
    std::string model_sha256;        ///< of the file as rank 0 has read it, "" when it could not
    occlusion::ExistingOutput existing;
    std::optional<results::OcclusionWriter> writer;  ///< of a file that is continued
    std::vector<std::uint8_t> status;                ///< of its images
    std::optional<occlusion::KnownInputs> known;
    occlusion::Survey survey;

    bool nothing_to_do() const { return existing.resumed && existing.pending == 0; }
};

/// How a run that was stopped or refused starts again.
inline const std::string how_to_start_again = "with --run.resume true to start again";

/// Reads, loads and surveys; collects all that is wrong anywhere and reports it together. Collective. An output that is
/// complete already needs no network, and no survey unless its inputs are to be verified.
Preparation prepare(const cli::RunContext& context);

}  // namespace semscope::occlusion
