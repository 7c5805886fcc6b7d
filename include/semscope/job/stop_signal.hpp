#pragma once

#include <string>

namespace semscope {

/// Catches SIGTERM, SIGINT and SIGUSR1 for its lifetime, so that a program can end in order; and ignores SIGXFSZ, so
/// that a file-size limit is an error of the write that meets it and not the end of the process.
///
/// The first signal is only noted. Another one, at least a second later, ends the process at once with exit code 75;
/// within the second it is taken for the same request, as launchers may deliver one twice. One object per process.
class StopSignal {
  public:
    /// Sets the handlers. Local. Throws LibraryError when a signal cannot be caught.
    StopSignal();
    /// Gives the signals back their default effect.
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    /// Number of the signal that came, 0 = none. Any thread.
    static int caught() noexcept;
};

/// "SIGTERM", "SIGINT", "SIGUSR1", or "signal N". Local.
std::string signal_name(int signal);

}  // namespace semscope
