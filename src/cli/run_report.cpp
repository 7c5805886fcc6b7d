#include "semscope/cli/run_report.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/json.hpp"
#include "semscope/core/memory.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <numeric>

namespace semscope::cli {

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
    const std::string not_finite = summary.not_finite == 0 ? "" : fmt::format(", {} not finite", summary.not_finite);
    out += fmt::format("{} images ({} unreadable{}), {} forwards on {} ranks: {:.2f} images/s, {:.2f} forwards/s\n",
                       summary.images, summary.unreadable, not_finite, summary.forwards, summary.ranks,
                       summary.images_per_second(), summary.forwards_per_second());
    out += fmt::format("imbalance (slowest rank / mean) {:.3f}, padded share {:.2f} %\n", summary.imbalance,
                       100 * summary.padded_share());
    constexpr double mebibyte = 1 << 20;
    if (summary.peak_memory > 0)
        out += fmt::format(
            "memory of a rank at most {:.0f} MiB{}\n", static_cast<double>(summary.peak_memory) / mebibyte,
            summary.peak_device_memory == 0
                ? ""
                : fmt::format(", on its GPU {:.0f} MiB", static_cast<double>(summary.peak_device_memory) / mebibyte));
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
                                      {"not_finite", summary.not_finite},
                                      {"forwards", summary.forwards},
                                      {"images_per_second", summary.images_per_second()},
                                      {"forwards_per_second", summary.forwards_per_second()},
                                      {"imbalance", summary.imbalance},
                                      {"padded_share", summary.padded_share()},
                                      {"checkpoints", summary.checkpoints},
                                      {"peak_memory_bytes", summary.peak_memory},
                                      {"peak_device_memory_bytes", summary.peak_device_memory},
                                      {"phases", phases}};
    return json_text(json);
}

namespace {

/// Every phase that a rank can be in, so that ranks without images take part in the means.
constexpr std::array phase_names{"start-up", "survey", "create file", "decode wait", "batch assembly",
                                 "forward",  "write",  "idle",        "other"};

double seconds_in(const std::vector<PhaseTimer::Phase>& phases, const std::string& name) {
    const auto found =
        std::find_if(phases.begin(), phases.end(), [&](const auto& phase) { return phase.name == name; });
    return found == phases.end() ? 0 : found->seconds;
}

}  // namespace

std::uint64_t report_images(const std::vector<std::string>& own, const std::string& heading,
                            const comm::Communicator& communicator, const cli::Log& log) {
    const std::uint64_t count = communicator.sum(std::uint64_t{own.size()});
    for (const std::string& lines : communicator.gather(fmt::format("{}", fmt::join(own, "\n"))))
        if (!lines.empty()) log.warning(fmt::format("{}:\n{}", heading, lines));
    return count;
}

void report_run(const RunCounts& counts, PhaseTimer& timer, const RunTimes& times,
                const comm::Communicator& communicator, const std::filesystem::path& json) {
    const auto phases = timer.phases();
    cli::RunSummary summary;
    summary.ranks = communicator.size();
    summary.run_seconds = times.run_seconds;
    // By the clock and not as the sum of the phases: the table says which share of it they account for.
    summary.wall_seconds = communicator.max(steady_seconds() - times.process_start);
    for (const char* name : phase_names) {
        const double local = seconds_in(phases, name);
        summary.phases.push_back({name, communicator.sum(local) / communicator.size(), communicator.max(local)});
    }
    const double busy = seconds_in(phases, "forward");
    const double mean_busy = communicator.sum(busy) / communicator.size();
    summary.imbalance = mean_busy > 0 ? communicator.max(busy) / mean_busy : 1;
    summary.images = communicator.sum(counts.images);
    summary.unreadable = communicator.sum(counts.unreadable);
    summary.not_finite = communicator.sum(counts.not_finite);
    summary.forwards = communicator.sum(counts.forwards);
    summary.padding = communicator.sum(counts.padding);
    summary.checkpoints = counts.checkpoints;
    summary.peak_memory = communicator.max(peak_memory());
    summary.peak_device_memory = communicator.max(counts.peak_device_memory);

    comm::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        fmt::print("\n{}", cli::format_table(summary));
        write_file_atomically(json, cli::format_json(summary));
    });
}

}  // namespace semscope::cli
