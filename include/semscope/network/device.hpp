#pragma once

#include "semscope/core/choices.hpp"

#include <string>

namespace semscope::network {

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

/// Number of CUDA devices that this process sees; 0 without a GPU or with a LibTorch built without CUDA. Local.
int visible_cuda_devices();

/// What a GPU is, as "NVIDIA H100 80GB HBM3 (compute capability 9.0, driver 580.65.06)"; "" for the CPU and where the
/// driver does not tell. Local.
std::string describe_gpu(const Device& device);

/// What decides how a device rounds: of a CPU the instruction sets that LibTorch, the BLAS and oneDNN use, of a GPU its
/// name and compute capability. Two devices with the same description give the same bits with the same libraries.
/// Example: "CPU capability AVX2; BLAS kernels Haswell; oneDNN ISA 0xe7". Local.
std::string describe_hardware(const Device& device);

/// "cpu" or "cuda:1". Provenance and messages.
std::string to_string(const Device& device);

}  // namespace semscope::network
