#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace semscope {

/// What tells a process from every other one, past and present, of all machines that share a file system.
struct ProcessIdentity {
    std::string host;     ///< for people
    std::string machine;  ///< boot id and PID namespace: processes with the same one can see each other by number
    long pid = 0;
    std::string started;  ///< start time of the process, in clock ticks since boot; PIDs are used again
    std::string job;      ///< Slurm job id, "" = none
    std::string restart;  ///< how often Slurm has started this job again

    /// Of this process. Local; reads /proc and the environment.
    static ProcessIdentity own();

    /// One `key = value` a line. Local.
    std::string to_text() const;
    /// The reverse of to_text; what is missing stays empty. Local.
    static ProcessIdentity from_text(const std::string& text);

    /// True for a process of the same machine that runs no more.
    bool is_known_dead(const ProcessIdentity& self) const;
    /// True for a process of the same batch job before it was started again.
    bool is_former_life_of(const ProcessIdentity& self) const;
    /// "process 123 on node7 (Slurm job 42)".
    std::string describe() const;
};

/// Keeps a second job off an output file: a file `<output>.lock` beside it that names its holder and shows by its
/// modification time that the holder lives.
///
/// It relies on nothing but atomic link and rename, not on the lock calls of the file system. A lock that a crash left
/// behind is recognised and replaced: on the same machine when the process that it names is gone; for a batch job that
/// was started again when it is of the same job before; on other machines when its time is `patience_beats` beats
/// old or has been watched for as long without moving, and has been watched for more than two beats in any case.
class OutputLock {
  public:
    struct Options {
        bool break_lock = false;  ///< take a held lock over, on the user's word that its holder is gone
        double beat_seconds = 10;
        int patience_beats = 4;
        /// Called now and then while the constructor waits to see whether a holder lives; what it throws ends that.
        std::function<void()> while_waiting = {};
        /// Called from the lock's thread when someone else has taken the lock over: this job must not write on.
        std::function<void()> lost = {};
    };

    /// Takes the lock of `output`. Local, by one process of the job. Throws InputError that names the holder when it is
    /// held, IoError when the lock file cannot be written.
    OutputLock(const std::filesystem::path& output, Options options);

    /// Gives the lock back, unless someone else has taken it over.
    ~OutputLock();
    OutputLock(const OutputLock&) = delete;
    OutputLock& operator=(const OutputLock&) = delete;

  private:
    class Holder;
    std::unique_ptr<Holder> holder_;
};

/// The lock file of an output. Local.
std::filesystem::path lock_path(const std::filesystem::path& output);

}  // namespace semscope
