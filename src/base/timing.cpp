#include "semscope/base/timing.hpp"

#include <algorithm>

namespace semscope {

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
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
