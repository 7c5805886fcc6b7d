#include "occlude_report.hpp"

#include "semscope/app/placement.hpp"
#include "semscope/app/timing_table.hpp"
#include "semscope/base/error.hpp"
#include "semscope/mpi/agreement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>

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

std::string describe_plan(const occlusion::Plan& plan, std::uint64_t output_bytes) {
    const auto images = std::accumulate(plan.images.begin(), plan.images.end(), std::uint64_t{0});
    const std::uint64_t variants = plan.total - images;
    const auto [least, most] = std::minmax_element(plan.forwards.begin(), plan.forwards.end());
    std::string text = fmt::format("{} images, {} variants, {} forwards\n{} bytes of output ({:.3f} GB)\n", images,
                                   variants, plan.total, output_bytes, static_cast<double>(output_bytes) / 1e9);
    constexpr std::size_t few = 32;
    if (plan.forwards.size() <= few)
        text += fmt::format("{} ranks, forwards of each: {}; imbalance {:.3f}\n", plan.forwards.size(),
                            fmt::join(plan.forwards, " "), plan.imbalance());
    else
        text += fmt::format("{} ranks, {} to {} forwards each; imbalance {:.3f}\n", plan.forwards.size(), *least, *most,
                            plan.imbalance());
    return text;
}

void log_placement(const std::string& device, int threads, int loaders, const mpi::Communicator& communicator,
                   const app::Log& log) {
    const auto places = communicator.gather(
        app::format_place({mpi::host_name(), device, app::visible_devices_setting(), threads, loaders}));
    for (const std::string& line : app::describe_placement(places)) log.info(line);
}

void log_hints(const KeyValues& asked, const KeyValues& in_effect, const app::Log& log) {
    if (asked.empty()) return;
    std::vector<std::string> kept;
    std::vector<std::string> ignored;
    for (const auto& [key, value] : asked) {
        const auto same = [&key = key](const auto& other) { return other.first == key; };
        const auto found = std::find_if(in_effect.begin(), in_effect.end(), same);
        if (found == in_effect.end())
            ignored.push_back(key);
        else
            kept.push_back(fmt::format("{}={}", found->first, found->second));
    }
    if (!kept.empty()) log.info(fmt::format("MPI-IO hints in effect: {}", fmt::join(kept, ",")));
    if (!ignored.empty()) log.warning(fmt::format("MPI-IO hints that this MPI ignores: {}", fmt::join(ignored, ", ")));
}

void report_run(const occlusion::RunReport& report, PhaseTimer& timer, const RunTimes& times, std::uint64_t unreadable,
                const mpi::Communicator& communicator, const std::filesystem::path& output) {
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
    summary.images = communicator.sum(report.images);
    summary.unreadable = unreadable;
    summary.forwards = communicator.sum(report.forwards);
    summary.padding = communicator.sum(report.padding);

    mpi::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        fmt::print("\n{}", app::format_table(summary));
        const auto path = std::filesystem::path(output).replace_extension(".timing.json");
        std::ofstream file(path);
        file << app::format_json(summary);
        if (!file.flush()) throw IoError(fmt::format("{}: cannot be written", path.string()));
    });
}

}  // namespace semscope::bin
