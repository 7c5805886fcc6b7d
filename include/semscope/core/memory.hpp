#pragma once

#include <cstdint>
#include <filesystem>

namespace semscope {

/// Bytes of memory that the processes of this job may use on this machine: what the machine has, or the least of the
/// limits of their control groups (version 1 or 2), which Slurm and containers set. Local; reads /proc and /sys below
/// `root`. Returns 0 where neither tells.
std::uint64_t memory_limit(const std::filesystem::path& root = "/");

/// Bytes of memory that this process has had at most at one time (resident, libraries included). Local; reads /proc
/// below `root`. Returns 0 where that does not tell.
std::uint64_t peak_memory(const std::filesystem::path& root = "/");

}  // namespace semscope
