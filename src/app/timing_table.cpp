#include "semscope/app/timing_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <numeric>

namespace semscope::app {

namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

double RunSummary::images_per_second() const { return ratio(static_cast<double>(images), run_seconds); }
double RunSummary::forwards_per_second() const { return ratio(static_cast<double>(forwards), run_seconds); }
double RunSummary::padded_share() const {
    return ratio(static_cast<double>(padding), static_cast<double>(forwards + padding));
}
double RunSummary::accounted_share() const {
    const double sum = std::accumulate(phases.begin(), phases.end(), 0.0,
                                       [](double total, const TimedPhase& p) { return total + p.mean_seconds; });
    return ratio(sum, wall_seconds);
}

std::string format_table(const RunSummary& summary) {
    std::string out = fmt::format("{:<16}{:>12}{:>9}{:>14}\n", "phase", "mean [s]", "share", "slowest [s]");
    for (const TimedPhase& phase : summary.phases)
        out += fmt::format("{:<16}{:>12.3f}{:>7.1f} %{:>14.3f}\n", phase.name, phase.mean_seconds,
                           100 * ratio(phase.mean_seconds, summary.wall_seconds), phase.max_seconds);
    out += fmt::format("{:<16}{:>12.3f}{:>7.1f} %\n", "total", summary.wall_seconds, 100 * summary.accounted_share());
    out += fmt::format("{} images ({} unreadable), {} forwards on {} ranks: {:.2f} images/s, {:.2f} forwards/s\n",
                       summary.images, summary.unreadable, summary.forwards, summary.ranks, summary.images_per_second(),
                       summary.forwards_per_second());
    out += fmt::format("imbalance (slowest rank / mean) {:.3f}, padded share {:.2f} %\n", summary.imbalance,
                       100 * summary.padded_share());
    return out;
}

std::string format_json(const RunSummary& summary) {
    nlohmann::ordered_json phases = nlohmann::ordered_json::array();
    for (const TimedPhase& phase : summary.phases)
        phases.push_back({{"name", phase.name},
                          {"mean_seconds", phase.mean_seconds},
                          {"max_seconds", phase.max_seconds},
                          {"share", ratio(phase.mean_seconds, summary.wall_seconds)}});
    const nlohmann::ordered_json json{{"wall_seconds", summary.wall_seconds},
                                      {"run_seconds", summary.run_seconds},
                                      {"accounted_share", summary.accounted_share()},
                                      {"ranks", summary.ranks},
                                      {"images", summary.images},
                                      {"unreadable", summary.unreadable},
                                      {"forwards", summary.forwards},
                                      {"images_per_second", summary.images_per_second()},
                                      {"forwards_per_second", summary.forwards_per_second()},
                                      {"imbalance", summary.imbalance},
                                      {"padded_share", summary.padded_share()},
                                      {"checkpoints", summary.checkpoints},
                                      {"phases", phases}};
    return json.dump(2) + "\n";
}

}  // namespace semscope::app
