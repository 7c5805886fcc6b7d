#include "semscope/cli/log.hpp"

#include "semscope/core/text.hpp"
#include "semscope/core/timing.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace semscope::cli {

namespace {

spdlog::logger& logger() {
    static spdlog::logger instance = [] {
        spdlog::logger made("semscope", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made.set_pattern("%Y-%m-%d %H:%M:%S %l %v");
        return made;
    }();
    return instance;
}

}  // namespace

Log::Log(bool enabled) : enabled_(enabled) {}

void Log::info(const std::string& message) const {
    if (enabled_) logger().info(printable(message, true));
}

void Log::warning(const std::string& message) const {
    if (enabled_) logger().warn(printable(message, true));
}

std::string describe_duration(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::lround(std::max(seconds, 0.0)));
    if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
    if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} s", whole);
}

std::string describe_progress(std::uint64_t done, std::uint64_t total, double seconds, const std::string& unit) {
    const double share = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
    std::string text = fmt::format("{}/{} {} ({:.1f} %)", done, total, unit, 100 * share);
    if (done == 0 || seconds <= 0) return text;
    const double rate = static_cast<double>(done) / seconds;
    text += fmt::format(", {:.1f} {}/s", rate, unit);
    if (done < total) text += fmt::format(", {} left", describe_duration(static_cast<double>(total - done) / rate));
    return text;
}

Progress::Progress(const Log& log, std::string unit, double interval)
    : log_(log),
      unit_(std::move(unit)),
      interval_(interval),
      start_(steady_seconds()),
      last_(start_),
      terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (open_line_) fmt::print(stderr, "\n");
}

void Progress::update(std::uint64_t done, std::uint64_t total, const std::function<std::string()>& detail) {
    const double now = steady_seconds();
    const bool end = done == total;
    const bool due = now - last_ >= (terminal_ ? 0.5 : interval_);
    if ((!due && !end) || (end && last_done_ == done)) return;
    last_ = now;
    last_done_ = done;
    std::string text = describe_progress(done, total, now - start_, unit_);
    if (const std::string more = detail(); !more.empty()) text += "; " + more;
    if (!terminal_) {
        log_.info(text);
        return;
    }
    fmt::print(stderr, "\r\033[K{}{}", text, end ? "\n" : "");
    (void)std::fflush(stderr);
    open_line_ = !end;
}

}  // namespace semscope::cli
