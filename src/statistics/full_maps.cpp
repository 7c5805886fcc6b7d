#include "full_maps.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"

#include <fmt/format.h>

#include <optional>

namespace semscope::statistics {

std::vector<data::ClassCount> FullMaps::count(const std::string& path, const std::vector<data::ClassCount>& recorded,
                                              std::uint64_t digest) const {
    const std::string place = labels_.name(path);
    const data::LabelMap map = read_where_there(place, [&] {
        std::optional<data::PhotoHeader> header;
        if (labels_.resize != data::LabelResize::none) header = photos_.read_header(path);
        return labels_.read(path, header ? &*header : nullptr);
    });
    const auto crop = data::resize_and_crop_labels(geometry_, map.size, map.labels);
    if ((digest != 0 && map.file_digest != digest) || data::present_classes(crop, min_pixels_) != recorded)
        throw InputError(
            fmt::format("{}: it is not the label map that the occlusion file was made of; it has changed "
                        "since, or labels.root names other maps",
                        place));
    return data::present_classes(map.labels, 1);
}

void FullMapRouter::post(const ImageScore& score, const std::vector<data::ClassCount>& counts) {
    const auto post_to = [&](std::uint32_t scene, bool of_truth) {
        auto& box = boxes_[static_cast<std::size_t>(router_.owner(scene))];
        for (const data::ClassCount& each : counts)
            box.push_back({scene, each.pixels, each.semantic, static_cast<std::uint16_t>(of_truth ? 1 : 0)});
    };
    post_to(score.predicted, false);
    if (score.known()) post_to(static_cast<std::uint32_t>(score.scene), true);
}

void FullMapRouter::exchange(SceneCollector& collector) {
    const std::vector<Record> arrived = communicator_.exchange(boxes_);
    for (auto& box : boxes_) box.clear();
    for (const Record& each : arrived)
        collector.add_full_pixels(each.scene, each.semantic, each.pixels, each.of_truth != 0);
}

}  // namespace semscope::statistics
