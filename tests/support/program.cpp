#include "support/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace semscope::testing_support {

namespace {

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 4096> block{};
    for (ssize_t got = 0; (got = read(descriptor, block.data(), block.size())) > 0;)
        text.append(block.data(), static_cast<std::size_t>(got));
    return text;
}

}  // namespace

double patience() {
    const char* factor = std::getenv("SEMSCOPE_TEST_PATIENCE");
    return factor == nullptr ? 1.0 : std::stod(factor);
}

Outcome run_program(const std::vector<std::string>& command, int seconds) {
    std::vector<std::string> words{"timeout", "-k", "5", std::to_string(seconds * patience())};
    words.insert(words.end(), command.begin(), command.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    pid_t child = 0;
    const int status = posix_spawnp(&child, "timeout", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (status != 0) throw std::runtime_error("cannot start " + command.front());

    Outcome outcome;
    outcome.output = read_all(ends[0]);
    close(ends[0]);
    int wait_status = 0;
    waitpid(child, &wait_status, 0);
    outcome.exit_code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
    return outcome;
}

Outcome run_ranks(int ranks, std::vector<std::string> command, int seconds) {
    command.insert(command.begin(), {SEMSCOPE_MPIEXEC, "-n", std::to_string(ranks)});
    return run_program(command, seconds);
}

}  // namespace semscope::testing_support
