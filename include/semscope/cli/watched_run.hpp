#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/job/watchdog.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace semscope::cli {

/// What accompanies a long run from its beginning to its end.
struct RunContext {
    std::string program;    ///< for messages
    cli::Options& options;  ///< an "auto" in them may be settled
    const cli::Settings& settings;
    const comm::Communicator& communicator;
    job::Watchdog& watchdog;
    Activity& activity;
    PhaseTimer& timer;
    cli::Log log;
    double process_start = 0;  ///< see process_start_seconds: start-up is all of it
};

/// Ends the run when a stop signal came before there is anything to save. Local; callers agree. Throws StoppedError
/// that says how to start again: "run the same command `how`".
void check_stop(const RunContext& context, const std::string& how);

/// Options of the lock on `output` for this run: run.break-lock, and that waiting for the lock can be stopped.
/// `context` must outlive the lock's construction; `how` as in check_stop.
OutputLock::Options lock_options(const RunContext& context, const std::filesystem::path& output,
                                 const std::string& how);

/// A program with options of the vocabulary.
struct Program {
    cli::Options options;  ///< bound to `settings`
    const cli::Settings& settings;
    std::vector<std::string> libraries;  ///< what --version says beside the version
};

/// The main of an MPI program that runs for long: as mpi_main, and stop signals are caught, the watchdog of run.stall
/// watches, and the phases are timed.
int watched_main(int argc, char** argv, Program program, const std::function<ExitCode(const RunContext&)>& run);

/// Whether data.root is a folder; if not, that is the problem, and not each of the files below it. Local.
bool data_root_exists(const std::filesystem::path& root, Problems& problems);

/// What keeps mean and std from being those of the colours that preprocess.scale says, with the remedy. Local.
void check_colours(const InputColours& colours, Problems& problems);

/// What the file must be: the SHA-256 `given` by the option `name`, else `found`, that of the file as rank 0 has
/// read it ("" = it could not), so that all ranks run the network that is recorded.
ExpectedSha256 expected_sha256(const std::string& name, const std::string& given, const std::string& found);

/// Logs the file and its SHA-256; nothing when `sha256` is empty.
void log_network(const std::filesystem::path& path, const std::string& sha256, const cli::Log& log);

/// The path of a setting, and the name of its option for messages.
struct NamedPath {
    std::string option;
    std::filesystem::path path;
};

/// What is wrong with `output` as a file to be written: its folder is missing, it is a folder itself, or it is one of
/// the files `inputs`, which output.overwrite would destroy. Local.
void check_output_file(const NamedPath& output, const std::vector<NamedPath>& inputs, Problems& problems);

/// The folders of a path that are not there yet. Made on request, and removed at the end of its life as far as they
/// are empty, unless they are kept: input that is found bad later leaves nothing behind. Local.
class NewFolders {
  public:
    NewFolders() = default;
    ~NewFolders();
    NewFolders(const NewFolders&) = delete;
    NewFolders& operator=(const NewFolders&) = delete;
    NewFolders(NewFolders&& other) noexcept : made_(std::move(other.made_)) { other.made_.clear(); }
    NewFolders& operator=(NewFolders&&) = delete;

    /// Throws InputError when the folder cannot be made.
    void make(const std::filesystem::path& folder);
    void keep() noexcept { made_.clear(); }

  private:
    std::vector<std::filesystem::path> made_;  ///< innermost first
};

}  // namespace semscope::cli
