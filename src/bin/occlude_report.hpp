#pragma once

#include "semscope/app/log.hpp"
#include "semscope/base/key_values.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/run.hpp"

#include <filesystem>
#include <string>

/// What semscope-occlude prints before its run.
namespace semscope::bin {

/// Images to be done, their variants, forwards, bytes of output, and how the forwards are shared: of each rank where
/// they are few, else the least and the most.
std::string describe_plan(const occlusion::Plan& plan, std::uint64_t output_bytes);

/// Tells which MPI-IO hints are in effect, when some were asked for; a warning names those that MPI-IO ignored. Local.
void log_hints(const KeyValues& asked, const KeyValues& in_effect, const app::Log& log);

}  // namespace semscope::bin
