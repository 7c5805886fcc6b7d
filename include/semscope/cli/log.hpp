#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace semscope::cli {

/// Log of a program: whole lines on stderr with the time of day, from rank 0 only.
class Log {
  public:
    /// A log that speaks when `enabled`.
    explicit Log(bool enabled);

    void info(const std::string& message) const;
    void warning(const std::string& message) const;

  private:
    bool enabled_;
};

/// Tells how far a long piece of work is: on a terminal one line that is rewritten, elsewhere a whole line at least
/// every `interval` seconds with done/total, rate and time left.
class Progress {
  public:
    Progress(const Log& log, std::string unit, double interval = 10);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Cheap; prints only when it is time, and when the work is done. `detail` is asked only then, for what the line
    /// says besides; "" = nothing.
    void update(
        std::uint64_t done, std::uint64_t total, const std::function<std::string()>& detail = [] { return ""; });

  private:
    const Log& log_;
    std::string unit_;
    double interval_;
    double start_;
    double last_ = 0;
    bool terminal_;
    bool open_line_ = false;
    std::uint64_t last_done_ = UINT64_MAX;
};

/// "done/total unit (12.3 %), 45.6 unit/s, 1 min 02 s left"; `seconds` since the start.
std::string describe_progress(std::uint64_t done, std::uint64_t total, double seconds, const std::string& unit);

/// "2 h 05 min", "3 min 07 s", "12 s".
std::string describe_duration(double seconds);

}  // namespace semscope::cli
