#pragma once

#include "support/program.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace semscope::testing_support {

/// A program that runs beside the test, which can send signals to it and to the processes that it started. What still
/// runs at the end of the object's life is killed.
class RunningProgram {
  public:
    explicit RunningProgram(std::vector<std::string> command);
    ~RunningProgram();
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;

    pid_t pid() const { return pid_; }

    /// Processes below this one whose name is `program`, in the order in which they were started.
    std::vector<pid_t> children(const std::string& program) const;

    /// Waits for the end, at most `seconds`: exit code 124 when it took longer (it is killed then).
    Outcome wait(double seconds = 60);

  private:
    pid_t pid_ = 0;
    int pipe_ = -1;
    bool ended_ = false;
    Outcome outcome_;
    std::thread reader_;
};

/// Runs `ranks` of a program under mpiexec.
std::vector<std::string> with_ranks(int ranks, std::vector<std::string> command);

/// Runs a rank of each command in one job, through a shell: mpiexec with several commands of its own (`a : b`) crashes
/// in Debian 13's Open MPI 5 (open-mpi/ompi#13303).
std::vector<std::string> one_rank_each(const std::vector<std::vector<std::string>>& commands);

/// Waits until `holds` returns true, at most `seconds`. Returns whether it did.
bool wait_until(const std::function<bool()>& holds, double seconds = 60);

}  // namespace semscope::testing_support
