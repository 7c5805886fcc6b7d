#include "semscope/job/stop_signal.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace semscope {

namespace {

constexpr std::array stop_signals{SIGTERM, SIGINT, SIGUSR1};

// A handler reaches nothing but static objects; lock-free atomics are what it may touch.
std::atomic<int> caught_signal{0};
std::atomic<std::int64_t> caught_at{0};  // nanoseconds
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now() noexcept {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);  // async-signal-safe, unlike std::chrono by the letter
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

extern "C" void note_signal(int signal) {
    const int saved = errno;
    constexpr std::int64_t same_request = 1'000'000'000;
    if (caught_signal.load() == 0) {
        caught_at.store(now());
        caught_signal.store(signal);
    } else if (now() - caught_at.load() >= same_request) {
        static constexpr char text[] =
            "semscope: second signal, ending at once; run the same command again to go on "
            "(semscope-occlude: with --run.resume true)\n";
        (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
        _exit(static_cast<int>(ExitCode::stopped));
    }
    errno = saved;
}

void set_handler(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;  // system calls of the libraries go on as if nothing had been
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, nullptr) != 0)
        throw LibraryError(fmt::format("{} cannot be caught", signal_name(signal)));
}

}  // namespace

StopSignal::StopSignal() {
    caught_signal = 0;
    for (const int signal : stop_signals) set_handler(signal, note_signal);
    set_handler(SIGXFSZ, SIG_IGN);
}

StopSignal::~StopSignal() {
    for (const int signal : stop_signals) (void)std::signal(signal, SIG_DFL);
    (void)std::signal(SIGXFSZ, SIG_DFL);
    caught_signal = 0;
}

int StopSignal::caught() noexcept { return caught_signal.load(); }

std::string signal_name(int signal) {
    switch (signal) {
        case SIGTERM:
            return "SIGTERM";
        case SIGINT:
            return "SIGINT";
        case SIGUSR1:
            return "SIGUSR1";
        default:
            return fmt::format("signal {}", signal);
    }
}

}  // namespace semscope
