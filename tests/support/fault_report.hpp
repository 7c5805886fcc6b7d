#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace semscope::testing_support {

/// The kinds of calls that the preloaded library of fault_injection.cpp counts and lets fail.
enum class FaultCall : std::size_t { write, sync, open, read, stat, rename, thread, memory };

/// In the order of FaultCall, as SEMSCOPE_FAULT_CALL names them.
inline constexpr std::array fault_call_names{"write", "sync", "open", "read", "stat", "rename", "thread", "memory"};

/// What the library writes for each rank: how many calls of each kind there were, and how many of them it let fail.
struct FaultReport {
    std::array<std::uint64_t, fault_call_names.size()> calls;
    std::uint64_t failed;
};

}  // namespace semscope::testing_support
