#include "semscope/core/activity.hpp"

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

}  // namespace semscope
