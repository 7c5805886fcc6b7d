#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/core/timing.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace semscope::cli {

/// Keeps one progress line a stage on rank 0, and tells the watchdog that the work goes on. Local.
class StageProgress {
  public:
    /// `how`: how a run that was stopped starts again, as in check_stop. `context` must outlive this.
    StageProgress(const RunContext& context, std::string how) : context_(context), how_(std::move(how)) {}

    /// Throws StoppedError after a stop signal.
    void update(const std::string& stage, std::uint64_t done, std::uint64_t total);

    /// Seconds from the start to the last report of a stage; 0 before the first.
    double seconds(const std::string& stage) const;

  private:
    const RunContext& context_;
    std::string how_;
    double start_ = steady_seconds();
    std::map<std::string, std::unique_ptr<Progress>> lines_;
    std::map<std::string, double> seconds_;
};

}  // namespace semscope::cli
