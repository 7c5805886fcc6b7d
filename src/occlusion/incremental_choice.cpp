#include "semscope/incremental/occluder.hpp"
#include "semscope/occlusion/setup.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace semscope::occlusion {

namespace {

/// What the file that is to be continued was begun with; auto where there is none. What is wrong with the file is found
/// later.
Incremental recorded(const cli::Settings& settings) {
    const auto& path = settings.output.occlusion;
    if (!settings.run.resume) return Incremental::automatic;
    auto found = Incremental::automatic;
    Problems later;
    later.collect([&] {
        if (std::filesystem::exists(path))
            found =
                results::OcclusionReader(path).attribute("incremental") == "on" ? Incremental::on : Incremental::off;
    });
    return found;
}

/// The first photos that can be read, few.
std::vector<std::shared_ptr<const network::Sample>> first_photos(const Source& source) {
    constexpr std::size_t wanted = 4;
    constexpr std::size_t tries = 16;
    std::vector<std::shared_ptr<const network::Sample>> photos;
    for (std::size_t image = 0; image < std::min(tries, source.images.size()) && photos.size() < wanted; ++image) {
        Problems later;
        later.collect([&] {
            auto sample = std::make_shared<network::Sample>();
            sample->image = image;
            const data::Image photo = source.photos.read(source.images.path(image));
            const data::PhotoHeader header{photo.size};
            const data::LabelMap map = source.labels.read(source.images.path(image), &header);
            sample->rgb = data::resize_and_crop(source.geometry, photo).pixels;
            sample->labels = data::resize_and_crop_labels(source.geometry, map.size, map.labels);
            photos.push_back(std::move(sample));
        });
    }
    return photos;
}

/// Of this rank; nothing where the network does not work, or not incrementally.
std::optional<incremental::Speeds> measure(const cli::RunContext& context, const network::NetworkOptions& network,
                                           const Inputs& inputs) {
    std::optional<incremental::Speeds> speeds;
    try {
        incremental::Occluder occluder(network::Occluder(network, occlusion_options(context.settings)), true);
        context.activity.tick();
        const auto photos = first_photos(inputs.source);
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
    const auto settle = [&](Incremental value) { context.options.settle(settings.run.incremental, value); };
    const Incremental before = communicator.broadcast(communicator.is_root() ? recorded(settings) : Incremental::off);
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
