#include "semscope/core/timing.hpp"

#include "semscope/core/process.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace semscope {

void Activity::enter(const std::string& phase) {
    const std::lock_guard lock(mutex_);
    phase_ = phase;
    ++steps_;
}

void Activity::tick() {
    const std::lock_guard lock(mutex_);
    ++steps_;
}

void Activity::Waiting::change(int by) {
    if (activity_ == nullptr) return;
    const std::lock_guard lock(activity_->mutex_);
    activity_->waits_ += by;
    ++activity_->steps_;
}

Activity::Snapshot Activity::snapshot() const {
    const std::lock_guard lock(mutex_);
    return {phase_, steps_, waits_ > 0};
}

namespace {

/// Seconds from the boot to the start of this process; negative when that is not known.
double start_after_boot() {
    const auto ticks = process_start_ticks(::getpid());
    const long ticks_per_second = sysconf(_SC_CLK_TCK);
    if (!ticks || ticks_per_second <= 0) return -1;
    return static_cast<double>(*ticks) / static_cast<double>(ticks_per_second);
}

}  // namespace

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double process_start_seconds() {
    const double now = steady_seconds();
    timespec since_boot{};
    const double start = start_after_boot();
    if (start < 0 || clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0) return now;
    const double age = static_cast<double>(since_boot.tv_sec) + 1e-9 * static_cast<double>(since_boot.tv_nsec) - start;
    return now - std::max(0.0, age);
}

PhaseTimer::PhaseTimer(const std::string& first_phase, double start) : phases_{{first_phase, 0}}, since_(start) {}

void PhaseTimer::settle() {
    const double now = steady_seconds();
    phases_[current_].seconds += now - since_;
    since_ = now;
}

std::size_t PhaseTimer::enter(const std::string& phase) {
    const auto found = std::find_if(phases_.begin(), phases_.end(), [&](const Phase& p) { return p.name == phase; });
    const auto index = static_cast<std::size_t>(found - phases_.begin());
    if (found == phases_.end()) phases_.push_back({phase, 0});
    const std::size_t before = current_;
    enter(index);
    return before;
}

void PhaseTimer::enter(std::size_t phase) {
    settle();
    current_ = phase;
    if (activity_ != nullptr) activity_->enter(phases_[current_].name);
}

void PhaseTimer::report_to(Activity& activity) {
    activity_ = &activity;
    activity.enter(phases_[current_].name);
}

std::vector<PhaseTimer::Phase> PhaseTimer::phases() {
    settle();
    return phases_;
}

}  // namespace semscope
