#pragma once

#include "semscope/app/log.hpp"
#include "semscope/app/options.hpp"
#include "semscope/inference/device.hpp"
#include "semscope/mpi/communicator.hpp"

namespace semscope::wiring {

/// How a rank uses its node.
struct Placement {
    inference::Device device;
    int threads = 1;
    int loaders = 1;         ///< decode workers beside the compute threads
    int survey_workers = 1;  ///< decode workers while nothing computes: at least one for each core of the rank
};

/// Device, compute threads and decode workers of this rank. Collective. Throws AgreedError when there is no such device
/// for some rank.
Placement place_rank(const app::Options& options, const mpi::Communicator& communicator);

/// Tells which rank works where, one line a host. Collective.
void log_placement(const Placement& placement, const mpi::Communicator& communicator, const app::Log& log);

}  // namespace semscope::wiring
