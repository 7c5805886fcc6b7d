#pragma once

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

    static ProcessIdentity own();

    /// One `key = value` a line.
    std::string to_text() const;
    /// What is missing stays empty.
    static ProcessIdentity from_text(const std::string& text);

    /// True for a process of the same machine that runs no more.
    bool is_known_dead(const ProcessIdentity& self) const;
    /// True for a process of the same batch job before it was started again.
    bool is_former_life_of(const ProcessIdentity& self) const;
    /// "process 123 on node7 (Slurm job 42)".
    std::string describe() const;
};

}  // namespace semscope
