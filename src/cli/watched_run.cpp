#include "semscope/cli/watched_run.hpp"

#include "semscope/cli/program_main.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/program.hpp"
#include "semscope/job/stop_signal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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
        throw StoppedError(fmt::format("stopped by {} before anything was written; run the same command {}",
                                       signal_name(signal), how));
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

bool data_root_exists(const std::filesystem::path& root, Problems& problems) {
    std::error_code ignored;
    if (std::filesystem::is_directory(root, ignored)) return true;
    problems.add(fmt::format("{}: there is no such folder (data.root)", root.string()));
    return false;
}

void check_colours(const InputColours& colours, Problems& problems) {
    const auto [least, most] = std::minmax_element(colours.mean.begin(), colours.mean.end());
    const auto [narrowest, widest] = std::minmax_element(colours.std.begin(), colours.std.end());
    const float full = colours.full();
    if (*least < 0 || *most > full)
        problems.add(
            fmt::format("preprocess.mean = {}: the mean of colours in 0..{} cannot be {}{}",
                        fmt::join(colours.mean, ", "), full, *least < 0 ? *least : *most,
                        full > 1 || *least < 0 ? "" : "; divide mean and std by 255, or set preprocess.scale = 255"));
    else if (*widest > full)
        problems.add(fmt::format("preprocess.std = {}: colours in 0..{} cannot deviate by {}{}",
                                 fmt::join(colours.std, ", "), full, *widest,
                                 full > 1 ? "" : "; divide mean and std by 255, or set preprocess.scale = 255"));
    // The statistics of colours in 0..1, the default among them.
    else if (full > 1 && (*narrowest < 1 || (*most > 0 && *most <= 1)))
        problems.add(fmt::format(
            "preprocess.mean = {} and std = {} are of colours in 0..1, but preprocess.scale = 255: multiply both by "
            "255, or set mean 0, 0, 0 and std 1, 1, 1 where the network normalises its input itself",
            fmt::join(colours.mean, ", "), fmt::join(colours.std, ", ")));
}

ExpectedSha256 expected_sha256(const std::string& name, const std::string& given, const std::string& found) {
    return given.empty() ? ExpectedSha256{found, "the one that rank 0 found"} : ExpectedSha256{given, name};
}

void log_network(const std::filesystem::path& path, const std::string& sha256, const cli::Log& log) {
    if (!sha256.empty()) log.info(fmt::format("network {}, SHA-256 {}", path.string(), sha256));
}

namespace fs = std::filesystem;

void check_output_file(const NamedPath& output, const std::vector<NamedPath>& inputs, Problems& problems) {
    const auto& [option, path] = output;
    std::error_code ignored;
    for (const NamedPath& input : inputs)
        if (!input.path.empty() && fs::equivalent(path, input.path, ignored))
            problems.add(fmt::format("{}: {} is the file of {}", path.string(), option, input.option));
    if (fs::is_directory(path, ignored))
        problems.add(fmt::format("{}: {} is a folder; give the name of a file", path.string(), option));
    if (!fs::is_directory(path.parent_path(), ignored))
        problems.add(fmt::format("{}: the folder of the output does not exist", path.parent_path().string()));
}

NewFolders::~NewFolders() {
    std::error_code ignored;
    for (const fs::path& folder : made_) fs::remove(folder, ignored);  // not when something is in it
}

void NewFolders::make(const fs::path& folder) {
    std::error_code error;
    for (fs::path missing = folder; missing.has_relative_path() && !fs::exists(missing, error);
         missing = missing.parent_path())
        made_.push_back(missing);
    fs::create_directories(folder, error);
    if (error) throw InputError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
}

}  // namespace semscope::cli
