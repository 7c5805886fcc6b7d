#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/network/device.hpp"

#include <string>
#include <vector>

namespace semscope::network {

/// Where one rank works.
struct Place {
    std::string host;
    std::string device;   ///< "cpu", "cuda:1"
    std::string visible;  ///< visible_devices_setting of the rank
    int threads = 1;
    int loaders = 1;
};

/// The variables by which a launcher says which devices a process may see, as "NAME=value", "" when none is set: with
/// one visible device per task every rank's device is cuda:0, and only these tell them apart. Local.
std::string visible_devices_setting();

/// Lines for the log from the places of all ranks, in rank order: one for each run of ranks on one host, with
/// the devices of its ranks in rank order, named once where all are alike.
/// Example: "ranks 0-3 -> nid001 -> cuda:0 cuda:1 cuda:2 cuda:3 (16 threads, 4 decode workers each)".
std::vector<std::string> describe_placement(const std::vector<Place>& places);

/// How a rank uses its node.
struct Placement {
    Device device;
    std::string hardware;  ///< describe_hardware of all ranks: one for all, or each different one, joined by " | "
    int threads = 1;
    int loaders = 1;         ///< decode workers beside the compute threads
    int survey_workers = 1;  ///< decode workers while nothing computes: at least one for each core of the rank
};

/// Collective. Throws AgreedError (bad_input) when some ranks have a GPU and others compute on the CPU: the numbers of
/// one file would be of two kinds, and the record names one. `device`: of this rank.
void require_one_kind(const Device& device, const comm::Communicator& communicator);

/// Device, compute threads and decode workers of this rank. Collective. Throws AgreedError when there is no such device
/// for some rank, as require_one_kind does, and when the hardware of ranks differs without run.allow-other-hardware.
Placement place_rank(const cli::RunSettings& run, const comm::Communicator& communicator);

/// Tells which rank works where, one line a host. Collective.
void log_placement(const Placement& placement, const comm::Communicator& communicator, const cli::Log& log);

}  // namespace semscope::network
