#include "semscope/cli/stage_progress.hpp"

namespace semscope::cli {

void StageProgress::update(const std::string& stage, std::uint64_t done, std::uint64_t total) {
    context_.activity.tick();
    auto& line = lines_[stage];
    if (!line) line = std::make_unique<Progress>(context_.log, stage);
    line->update(done, total);
    seconds_[stage] = steady_seconds() - start_;
    check_stop(context_, how_);
}

double StageProgress::seconds(const std::string& stage) const {
    const auto found = seconds_.find(stage);
    return found == seconds_.end() ? 0 : found->second;
}

}  // namespace semscope::cli
