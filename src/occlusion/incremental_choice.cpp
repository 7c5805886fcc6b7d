#include "semscope/incremental/occluder.hpp"
#include "semscope/occlusion/setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace semscope::occlusion {

namespace {

/// Of this rank; nothing where the network does not work, or not incrementally.
std::optional<incremental::Measurement> measure(const cli::RunContext& context, const network::NetworkOptions& network,
                                                const Inputs& inputs) {
    std::optional<incremental::Measurement> measurement;
    try {
        incremental::Occluder occluder(network::Occluder(network, occlusion_options(context.settings)), true);
        context.activity.tick();
        const auto photos = first_photos(inputs.source, photos_of_trial, WithLabels::yes);
        if (occluder.incremental() && !photos.empty())
            measurement = incremental::measure(occluder, photos,
                                               context.settings.attribution.any() ? incremental::Inhibited::coalitions
                                                                                  : incremental::Inhibited::classes,
                                               [&] { context.activity.tick(); });
    } catch (const std::exception&) {
        measurement.reset();  // what is wrong shows again when the network is loaded; no rank leaves the others
    }
    return measurement;
}

}  // namespace

void settle_incremental(const cli::RunContext& context, const network::Placement& placement, const Inputs* inputs) {
    const cli::Settings& settings = context.settings;
    const comm::Communicator& communicator = context.communicator;
    if (settings.run.incremental != Incremental::automatic) return;
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
    const incremental::Measurement worst{communicator.max(own->whole), communicator.max(own->incremental),
                                         communicator.max(own->difference)};
    // In bf16 neither way is near to fp32.
    if (network.precision == Precision::fp32 && worst.difference > incremental::largest_accepted_difference) {
        context.log.info(
            fmt::format("run.incremental = off (probabilities of the first photos differ by {:.1e} from those of whole "
                        "forwards, by more than {:.0e}: the network magnifies rounding)",
                        worst.difference, incremental::largest_accepted_difference));
        return;
    }
    if (incremental::is_faster(worst)) settle(Incremental::on);
    context.log.info(
        fmt::format("run.incremental = {} (a forward takes {:.2f} ms as a whole, {:.2f} ms incrementally; "
                    "probabilities of the first photos differ by {:.1e} at most)",
                    name_of(settings.run.incremental), 1e3 * worst.whole, 1e3 * worst.incremental, worst.difference));
}

}  // namespace semscope::occlusion
