#pragma once

#include <optional>

namespace semscope {

/// When a process started, in clock ticks since the boot: field 22 of /proc/PID/stat (proc(5)). Nothing when there is
/// no such process, no /proc, or only a zombie, which holds nothing any more.
std::optional<unsigned long long> process_start_ticks(long pid);

}  // namespace semscope
