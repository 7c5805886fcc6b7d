#include "run_report.hpp"

#include "semscope/app/timing_table.hpp"
#include "semscope/base/error.hpp"
#include "semscope/mpi/agreement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace semscope::bin {

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

std::uint64_t report_unreadable(const std::vector<std::string>& own, const std::string& what,
                                const mpi::Communicator& communicator, const app::Log& log) {
    const std::uint64_t count = communicator.sum(std::uint64_t{own.size()});
    for (const std::string& lines : communicator.gather(fmt::format("{}", fmt::join(own, "\n"))))
        if (!lines.empty()) log.warning(fmt::format("unreadable images, {}:\n{}", what, lines));
    return count;
}

void report_run(const RunCounts& counts, std::uint64_t unreadable, PhaseTimer& timer, const RunTimes& times,
                const mpi::Communicator& communicator, const std::filesystem::path& json) {
    const auto phases = timer.phases();
    app::RunSummary summary;
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
    summary.unreadable = unreadable;
    summary.forwards = communicator.sum(counts.forwards);
    summary.padding = communicator.sum(counts.padding);
    summary.checkpoints = counts.checkpoints;

    mpi::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        fmt::print("\n{}", app::format_table(summary));
        std::ofstream file(json);
        file << app::format_json(summary);
        if (!file.flush()) throw IoError(fmt::format("{}: cannot be written", json.string()));
    });
}

}  // namespace semscope::bin
