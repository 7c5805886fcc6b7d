#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/enumeration.hpp"

#include <sched.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::network {

using semscope::CudaGraph;
using semscope::DeviceRequest;
using semscope::Precision;

enum class DeviceKind { cpu, cuda };

/// The device of one rank; `index` counts the visible devices and is 0 for the CPU.
struct Device {
    DeviceKind kind = DeviceKind::cpu;
    int index = 0;
    bool operator==(const Device&) const = default;
};

/// The device of a rank: with `automatic` a GPU where there is one, else the CPU. GPUs are dealt out by the rank's
/// place on its node, modulo the devices visible to it: right for one visible device per task (srun
/// --gpus-per-task=1), for all devices visible to all ranks (mpirun), and for more ranks than devices.
/// Local, pure. Throws UsageError when cuda is asked for and none is visible.
Device choose_device(DeviceRequest request, int local_rank, int visible_devices);

/// Throws UsageError where a CUDA graph is asked for and the device is no GPU. Local, pure.
void require_graph_device(CudaGraph request, const Device& device);

/// Number of CUDA devices that this process sees; 0 without a GPU or with a LibTorch built without CUDA. Local.
int visible_cuda_devices();

/// What a GPU is, as "NVIDIA H100 80GB HBM3 (compute capability 9.0, driver 580.65.06)"; "" for the CPU and where the
/// driver does not tell. Local.
std::string describe_gpu(const Device& device);

/// Bytes that LibTorch has taken of the memory of a GPU at most at one time, for this process; the context and the
/// libraries come on top. 0 for the CPU, before the first use, and with a LibTorch before 2.9, which has no way to tell
/// without the headers of CUDA. Local.
std::uint64_t peak_device_memory(const Device& device);

/// Bytes of the current GPU that LibTorch can still give out: those that are free, and those that it holds for later.
/// 0 for the CPU and where it is not known (a LibTorch before 2.1 or one for ROCm). Local.
std::uint64_t free_device_memory(const Device& device);

/// What decides how a device rounds: of a CPU the instruction sets that LibTorch, the BLAS and oneDNN use, of a GPU its
/// name and compute capability. Two devices with the same description give the same bits with the same libraries.
/// Example: "CPU capability AVX2; BLAS kernels Haswell; oneDNN ISA 0xe7". Local.
std::string describe_hardware(const Device& device);

/// "cpu" or "cuda:1". Provenance and messages.
std::string to_string(const Device& device);

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

/// What a user should know about a network.
struct Remark {
    std::string text;
    bool warning = false;  ///< the numbers may not be what was meant
};

/// What to say of a hardware, as describe_hardware has it, whose OpenBLAS does not know the processor; nothing
/// otherwise. `has_avx512`: of the processor.
std::optional<std::string> remark_on_blas(const std::string& hardware, bool has_avx512);

/// Tells the remarks in the log.
void log_remarks(const std::vector<Remark>& remarks, const cli::Log& log);

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

/// How many cores a rank has for itself: those that it may use, divided by the ranks of its node that may use the very
/// same ones, as ranks that are not bound do, on a whole node or in a part of one; at least 1. `own` is one of
/// `of_node`. Local, pure, but for a system that tells no cores: then all of the node are divided.
int share_of_cores(const cpu_set_t& own, std::span<const cpu_set_t> of_node);

/// Makes the device the current one of this process, before anything else is done on a GPU: what names no device
/// (pinned memory, library handles, networks that say "cuda") goes to the current one, which is GPU 0 until it is set,
/// and would put a context of some hundred MB there for every rank of the node. Local. Throws InferenceError.
void make_current(const Device& device);

/// Device, compute threads and decode workers of this rank, whose device is the current one from then on. Collective.
/// Throws AgreedError when there is no such device for some rank, as require_one_kind does, and when the hardware of
/// ranks differs without run.allow-other-hardware.
Placement place_rank(const cli::RunSettings& run, const comm::Communicator& communicator);

/// Tells which rank works where, one line a host. Collective.
void log_placement(const Placement& placement, const comm::Communicator& communicator, const cli::Log& log);

}  // namespace semscope::network
