#include "semscope/cli/watched_run.hpp"

#include "semscope/cli/program_main.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/program.hpp"
#include "semscope/job/stop_signal.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace semscope::cli {

namespace {

/// A program after its command line was read.
struct Configured {
    const std::string& program;
    cli::Options& options;
    const cli::Settings& settings;
};

ExitCode run_watched(const Configured& configured, const comm::Communicator& world, double process_start,
                     const std::function<ExitCode(const RunContext&)>& run) {
    const auto& [program, options, settings] = configured;
    Activity activity;
    PhaseTimer timer("start-up", process_start);
    timer.report_to(activity);
    comm::Communicator communicator = world.duplicate();
    communicator.observe(activity);
    job::Watchdog watchdog(communicator, activity, {program, settings.run.stall});
    const RunContext context{program,      options,  settings, communicator,
                             watchdog,     activity, timer,    cli::Log(communicator.is_root()),
                             process_start};
    if (!watchdog.hears_others())
        context.log.warning(
            "this MPI library does not give MPI_THREAD_MULTIPLE: a signal to one rank is heard by the "
            "others at the next checkpoint only, and a rank that is cut off is not noticed");
    try {
        const ExitCode code = run(context);
        watchdog.finish();
        return code;
    } catch (const comm::AgreedError&) {
        watchdog.finish();  // all ranks come here
        throw;
    }
}

}  // namespace

void check_stop(const RunContext& context, const std::string& how) {
    if (const int signal = context.watchdog.stop_signal(); signal != 0)
        throw StoppedError(
            fmt::format("stopped by {} before the first inference; run the same command {}", signal_name(signal), how));
}

OutputLock::Options lock_options(const RunContext& context, const std::filesystem::path& output,
                                 const std::string& how) {
    OutputLock::Options lock;
    lock.break_lock = context.settings.run.break_lock;
    lock.while_waiting = [&context, how] {
        context.activity.tick();
        check_stop(context, how);
    };
    lock.lost = [program = context.program, output] {
        comm::end_job(program, output.string() + ": another job has taken over its lock");
    };
    return lock;
}

int watched_main(int argc, char** argv, Program program, const std::function<ExitCode(const RunContext&)>& run) {
    const double process_start = process_start_seconds();
    const StopSignal catch_signals;
    const std::string name = std::filesystem::path(argv[0]).filename().string();
    return mpi_main(argc, argv, std::move(program.options), program.libraries,
                    [&](cli::Options& options, const comm::Communicator& communicator) {
                        return run_watched({name, options, program.settings}, communicator, process_start, run);
                    });
}

}  // namespace semscope::cli
