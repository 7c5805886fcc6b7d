#include "semscope/incremental/occluder.hpp"
#include "semscope/occlusion/setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace semscope::occlusion {

namespace {

/// Of this rank; nothing where the network does not work, or not incrementally.
std::optional<incremental::Speeds> measure(const cli::RunContext& context, const network::NetworkOptions& network,
                                           const Inputs& inputs) {
    std::optional<incremental::Speeds> speeds;
    try {
        incremental::Occluder occluder(network::Occluder(network, occlusion_options(context.settings)), true);
        context.activity.tick();
        const auto photos = first_photos(inputs.source, photos_of_trial, WithLabels::yes);
        if (occluder.incremental() && !photos.empty())
            speeds = incremental::measure(occluder, photos, [&] { context.activity.tick(); });
    } catch (const std::exception&) {
        speeds.reset();  // what is wrong shows again when the network is loaded; no rank leaves the others
    }
    return speeds;
}

}  // namespace

void settle_incremental(const cli::RunContext& context, const network::Placement& placement, const Inputs* inputs) {
    const cli::Settings& settings = context.settings;
    const comm::Communicator& communicator = context.communicator;
    if (settings.run.incremental != Incremental::automatic) return;
    if (settings.attribution.any()) {
        context.options.settle(settings.run.incremental, Incremental::off);
        context.log.info("run.incremental = off (attributions inhibit many classes at once)");
        return;
    }
    const auto settle = [&](Incremental value) { context.options.settle(settings.run.incremental, value); };
    auto before = Incremental::automatic;
    if (communicator.is_root())
        before = value_of<Incremental>(recorded_option(settings, "run.incremental")).value_or(before);
    before = communicator.broadcast(before);
    settle(before == Incremental::on ? Incremental::on : Incremental::off);
    if (before != Incremental::automatic || inputs == nullptr) return;
    auto network = network_options(settings, placement, inputs->scenes.size());
    if (const std::string reason = incremental::reason_against(network); !reason.empty()) {
        context.log.info(fmt::format("run.incremental = off ({})", reason));
        return;
    }
    network.sha256 = cli::expected_sha256("model.sha256", settings.model.sha256, "");
    const auto own = measure(context, network, *inputs);
    if (!communicator.all_of(own.has_value())) {
        context.log.info("run.incremental = off (the network does not run incrementally, or no photo could be read)");
        return;
    }
    const incremental::Speeds slowest{communicator.max(own->whole), communicator.max(own->incremental)};
    if (incremental::is_faster(slowest)) settle(Incremental::on);
    context.log.info(fmt::format("run.incremental = {} (a forward takes {:.2f} ms as a whole, {:.2f} ms incrementally)",
                                 name_of(settings.run.incremental), 1e3 * slowest.whole, 1e3 * slowest.incremental));
}

}  // namespace semscope::occlusion
