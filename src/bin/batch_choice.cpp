#include "batch_choice.hpp"

#include "network_file.hpp"
#include "semscope/app/configuration_difference.hpp"
#include "semscope/inference/batch_speed.hpp"
#include "semscope/results/occlusion_reader.hpp"

#include <fmt/format.h>

#include <string>

namespace semscope::bin {

namespace {

constexpr std::int64_t usual_batch = 32;

/// run.batch of the file that is to be continued, 0 when there is none. What is wrong with the file is found later.
std::int64_t recorded_batch(const app::Options& options) {
    if (!options.flag("run.resume")) return 0;
    Problems later;
    std::int64_t batch = 0;
    later.collect([&] {
        if (std::filesystem::exists(options.path("output.occlusion")))
            batch = std::stoll(app::recorded_value(
                results::OcclusionReader(options.path("output.occlusion")).attribute("configuration"), "run.batch"));
    });
    return batch;
}

/// Of all sizes, what a forward costs on the slowest rank; empty when the network does not work on some rank.
std::vector<inference::BatchSpeed> measure(const Watch& watch, inference::NetworkOptions network) {
    std::vector<inference::BatchSpeed> speeds;
    Problems later;
    later.collect([&] { speeds = inference::measure_batches(network); });
    const auto working = watch.communicator.sum(std::uint64_t{speeds.empty() ? 0U : 1U});
    if (working < static_cast<std::uint64_t>(watch.communicator.size())) return {};
    for (inference::BatchSpeed& speed : speeds)
        speed.seconds_per_forward = watch.communicator.max(speed.seconds_per_forward);
    return speeds;
}

std::string describe(const std::vector<inference::BatchSpeed>& speeds) {
    std::string text;
    for (const auto& [batch, seconds] : speeds)
        text += fmt::format("{}{}: {:.2f} ms", text.empty() ? "" : ", ", batch, 1e3 * seconds);
    return text;
}

}  // namespace

void settle_batch(const Watch& watch, const wiring::Placement& placement, std::size_t scenes) {
    if (watch.options.integer_or_auto("run.batch")) return;
    const std::int64_t recorded =
        watch.communicator.max(watch.communicator.is_root() ? recorded_batch(watch.options) : std::int64_t{0});
    watch.options.settle("run.batch", recorded > 0 ? recorded : usual_batch);
    if (recorded > 0 || scenes == 0 || watch.options.path("model.path") == inference::null_network) return;
    auto network = wiring::network_options(watch.options, placement, scenes);
    network.sha256 = wiring::expected_sha256(watch.options, "model.sha256", "");
    const auto speeds = measure(watch, network);
    if (speeds.empty()) return;
    const int batch = inference::choose_batch(speeds);
    watch.options.settle("run.batch", batch);
    watch.log.info(fmt::format("run.batch = {} (a forward in batches of {})", batch, describe(speeds)));
}

}  // namespace semscope::bin
