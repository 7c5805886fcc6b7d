#include "support/running_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace semscope::testing_support {

namespace {

/// Parent of a process, 0 when there is none; its name into `name`.
pid_t parent_of(pid_t pid, std::string& name) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t open = line.find('(');
    const std::size_t close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos) return 0;
    name = line.substr(open + 1, close - open - 1);
    std::istringstream rest(line.substr(close + 1));
    std::string state;
    pid_t parent = 0;
    rest >> state >> parent;
    return parent;
}

}  // namespace

RunningProgram::RunningProgram(std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    const int status = posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (status != 0) throw std::runtime_error("cannot start " + command.front());
    pipe_ = ends[0];
    reader_ = std::thread([this] {
        std::array<char, 4096> block{};
        for (ssize_t got = 0; (got = read(pipe_, block.data(), block.size())) > 0;)
            outcome_.output.append(block.data(), static_cast<std::size_t>(got));
    });
}

RunningProgram::~RunningProgram() {
    if (!ended_) wait(0);
    close(pipe_);
}

std::vector<pid_t> RunningProgram::children(const std::string& program) const {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const pid_t pid = std::atoi(entry.path().filename().c_str());
        std::string name;
        // The kernel cuts names to 15 characters.
        if (pid > 0 && parent_of(pid, name) == pid_ && name == program.substr(0, 15)) found.push_back(pid);
    }
    std::sort(found.begin(), found.end());
    return found;
}

Outcome RunningProgram::wait(double seconds) {
    int status = 0;
    const bool ended = wait_until([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, seconds);
    if (!ended) {
        for (const char* name : {"semscope-occlude", "semscope-reduce"})
            for (const pid_t child : children(name)) kill(child, SIGKILL);
        kill(pid_, SIGKILL);
        waitpid(pid_, &status, 0);
    }
    ended_ = true;
    reader_.join();
    outcome_.exit_code = !ended ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome_;
}

std::vector<std::string> with_ranks(int ranks, std::vector<std::string> command) {
    command.insert(command.begin(), {SEMSCOPE_MPIEXEC, "-n", std::to_string(ranks)});
    return command;
}

std::vector<std::string> one_rank_each(const std::vector<std::vector<std::string>>& commands) {
    std::string script = "case $OMPI_COMM_WORLD_RANK in\n";
    for (std::size_t rank = 0; rank < commands.size(); ++rank) {
        script += std::to_string(rank) + ") exec";
        for (const std::string& word : commands[rank]) {
            script += " '";
            for (const char letter : word) script += letter == '\'' ? "'\\''" : std::string(1, letter);
            script += "'";
        }
        script += ";;\n";
    }
    return with_ranks(static_cast<int>(commands.size()), {"/bin/sh", "-c", script + "esac"});
}

bool wait_until(const std::function<bool()>& holds, double seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds * patience());
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace semscope::testing_support
