#include "semscope/cli/distributed_run.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/progress_board.hpp"

#include <algorithm>
#include <exception>
#include <optional>

namespace semscope::cli {

void CheckpointPace::learn(double seconds_per_step) {
    if (seconds_per_step <= 0 || seconds_ <= 0) return;
    const double target = std::min(seconds_ / seconds_per_step, static_cast<double>(maximum_steps_));
    steps_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(target));
}

namespace {

class Loop {
  public:
    Loop(RankTask& task, DistributedRun& run)
        : task_(task), run_(run), board_(run.communicator, report_seconds), progress_(run.log, run.unit) {}

    RunEnd run() {
        const comm::Communicator& communicator = run_.communicator;
        bool more = true;
        while (more) {
            const double seconds_per_step = do_steps(run_.pace.steps());
            wait_for_all();
            task_.save();
            // The error of a rank's own steps comes last: what was finished is saved by now.
            comm::agree_on(communicator, error_);
            run_.pace.learn(communicator.max(seconds_per_step));
            more = communicator.any_of(!task_.finished());
            // Ranks may learn of a signal a moment apart; here they agree.
            if (more && communicator.any_of(run_.watchdog != nullptr && run_.watchdog->stop_signal() != 0)) break;
        }
        board_.finish();
        show_progress();
        return more ? RunEnd::stopped : RunEnd::complete;
    }

  private:
    static constexpr double report_seconds = 1.0;

    /// Up to `count` steps, fewer after an interrupt; returns the seconds that one took, 0 when there was none.
    double do_steps(std::uint64_t count) {
        const double start = steady_seconds();
        std::uint64_t steps = 0;
        try {
            while (steps < count && !interrupted() && task_.do_step()) {
                ++steps;
                board_.report({task_.done(), task_.sums()});
                show_progress();
            }
            interrupted() ? task_.drain() : task_.pause();
        } catch (...) {
            error_ = std::current_exception();
            if (run_.watchdog != nullptr) run_.watchdog->interrupt_all();  // the others need not do all their steps
        }
        return steps == 0 ? 0 : (steady_seconds() - start) / static_cast<double>(steps);
    }

    bool interrupted() const { return run_.watchdog != nullptr && run_.watchdog->interrupted(); }

    void wait_for_all() {
        std::optional<PhaseScope> phase;
        if (run_.timer != nullptr) phase.emplace(*run_.timer, "idle");
        run_.communicator.barrier();
    }

    void show_progress() {
        if (!run_.communicator.is_root()) return;
        const comm::ProgressCounters all = board_.total();
        progress_.update(all.done, run_.total, [&] { return task_.describe(all.sums); });
    }

    RankTask& task_;
    DistributedRun& run_;
    comm::ProgressBoard board_;
    Progress progress_;
    std::exception_ptr error_;
};

}  // namespace

RunEnd run_distributed(RankTask& task, DistributedRun run) { return Loop(task, run).run(); }

}  // namespace semscope::cli
