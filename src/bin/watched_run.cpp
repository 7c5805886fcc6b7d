#include "watched_run.hpp"

#include "mpi_main.hpp"
#include "semscope/base/stop_signal.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/program.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace semscope::bin {

namespace {

ExitCode run_watched(app::Options& options, const mpi::Communicator& world, double process_start,
                     const std::string& program, const std::function<ExitCode(const Watch&)>& run) {
    Activity activity;
    PhaseTimer timer("start-up", process_start);
    timer.report_to(activity);
    mpi::Communicator communicator = world.duplicate();
    communicator.observe(activity);
    mpi::Overseer overseer(communicator, activity, {program, options.real("run.stall")});
    const Watch watch{program,      options, communicator, overseer, activity, timer, app::Log(communicator.is_root()),
                      process_start};
    if (!overseer.hears_others())
        watch.log.warning(
            "this MPI library does not give MPI_THREAD_MULTIPLE: a signal to one rank is heard by the "
            "others at the next checkpoint only, and a rank that is cut off is not noticed");
    try {
        const ExitCode code = run(watch);
        overseer.finish();
        return code;
    } catch (const mpi::AgreedError&) {
        overseer.finish();  // all ranks come here
        throw;
    }
}

}  // namespace

void check_stop(const Watch& watch, const std::string& how) {
    if (const int signal = watch.overseer.stop_signal(); signal != 0)
        throw StoppedError(
            fmt::format("stopped by {} before the first inference; run the same command {}", signal_name(signal), how));
}

OutputLock::Options lock_options(const Watch& watch, const std::filesystem::path& output, const std::string& how) {
    OutputLock::Options lock;
    lock.break_lock = watch.options.flag("run.break-lock");
    lock.while_waiting = [&watch, how] {
        watch.activity.tick();
        check_stop(watch, how);
    };
    lock.lost = [program = watch.program, output] {
        mpi::end_job(program, output.string() + ": another job has taken over its lock");
    };
    return lock;
}

app::OptionSpec dry_run_option() {
    return {.name = "dry-run",
            .kind = app::ValueKind::flag,
            .default_value = "false",
            .help = "check everything, print the plan, do no inference"};
}

int watched_main(int argc, char** argv, app::Options options, const std::vector<std::string>& libraries,
                 const std::function<ExitCode(const Watch&)>& run) {
    const double process_start = process_start_seconds();
    const StopSignal catch_signals;
    const std::string program = std::filesystem::path(argv[0]).filename().string();
    return mpi_main(argc, argv, std::move(options), libraries,
                    [&](app::Options& parsed, const mpi::Communicator& communicator) {
                        return run_watched(parsed, communicator, process_start, program, run);
                    });
}

}  // namespace semscope::bin
