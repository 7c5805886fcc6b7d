#include "map_writer.hpp"

#include "semscope/figures/image.hpp"
#include "semscope/statistics/deviation.hpp"

#include <fmt/format.h>

namespace semscope::postprocess {

using results::Range;

MapSource::MapSource(const results::OcclusionReader& file, MapPlaces places)
    : file_(file), places_(std::move(places)), scenes_(file.scene_names()), semantics_(file.semantic_names()) {}

figures::LabelImage MapSource::read_labels(const std::string& path, std::uint64_t image, Range variants) const {
    const bool resized = places_.labels.resize != data::LabelResize::none;
    std::optional<data::PhotoHeader> header;
    if (resized) header = places_.photos.read_header(path);
    const data::LabelMap map = places_.labels.read(path, header ? &*header : nullptr);
    const auto labels = data::resize_and_crop_labels(places_.geometry, map.size, map.labels);

    const auto semantics = file_.variant_semantics(variants);
    const auto pixels = file_.variant_pixels(variants);
    std::vector<data::ClassCount> recorded;
    for (std::size_t v = 0; v < semantics.size(); ++v) recorded.push_back({semantics[v], pixels[v]});
    if (data::present_classes(labels, places_.min_pixels) != recorded)
        throw ChangedLabelMap(
            fmt::format("{}: its classes are not those that the occlusion file holds of image {} (row {}); it has "
                        "changed since, or labels.root names other maps",
                        places_.labels.name(path), path, image));
    const auto side = static_cast<std::size_t>(places_.geometry.crop);
    return {side, side, labels};
}

std::optional<figures::RgbImage> MapSource::read_photo(const std::string& path, std::string& fault) const {
    try {
        data::Image photo = data::resize_and_crop(places_.geometry, places_.photos.read(path));
        const auto side = static_cast<std::size_t>(places_.geometry.crop);
        return figures::RgbImage{side, side, std::move(photo.pixels)};
    } catch (const InputError& error) {
        fault = error.what();
        return std::nullopt;
    }
}

MapPicture MapSource::read(std::uint64_t image, std::uint32_t scene) const {
    const Range own{image, image + 1};
    const auto offsets = file_.variant_offsets(own);
    const Range variants{offsets[0], offsets[1]};
    MapPicture picture;
    picture.path = path(image);
    figures::Panel& panel = picture.panel;
    panel.labels = read_labels(picture.path, image, variants);
    panel.photo = read_photo(picture.path, picture.missing_photo);
    panel.image = std::filesystem::path(picture.path).filename().string();
    if (const auto truth = file_.image_scenes(own)[0]; truth >= 0 && static_cast<std::size_t>(truth) < scenes_.size())
        panel.scene = scenes_[static_cast<std::size_t>(truth)];
    panel.predicted = scenes_[scene];
    panel.names = semantics_;

    const float p = file_.image_probabilities(own)[scene];
    panel.probability = p;
    panel.deviations.assign(semantics_.size(), 0.0F);
    const auto semantics = file_.variant_semantics(variants);
    const auto rows = file_.variant_probabilities(variants);
    for (std::size_t v = 0; v < semantics.size(); ++v)
        panel.deviations[semantics[v]] = statistics::deviation(p, rows[v * scenes_.size() + scene]);
    return picture;
}

MapWriter::MapWriter(const MapSource& source, const MapScan& scan, const MapStyle& style)
    : source_(source), scan_(scan), style_(style) {}

std::vector<std::filesystem::path> MapWriter::bases(const MapJob& job) const {
    const auto scene = static_cast<std::size_t>(scan_.predicted[job.image]);
    const auto folder = style_.output.folder / "sdm" / file_name_of(source_.scenes()[scene]);
    const std::string name = style_.names->picture_name(source_.path(job.image));
    std::vector<std::filesystem::path> result;
    if (job.correct) result.push_back(folder / "correct" / name);
    if (job.predicted) result.push_back(folder / "predicted" / name);
    return result;
}

std::vector<std::filesystem::path> MapWriter::files(std::span<const MapJob> jobs) const {
    std::vector<std::filesystem::path> result;
    for (const MapJob& job : jobs)
        for (const auto& base : bases(job)) {
            result.emplace_back(base.string() + ".png");
            for (const auto format : style_.formats) result.push_back(with_format(base.string() + ".panel", format));
        }
    return result;
}

void MapWriter::draw(const MapJob& job) {
    try {
        MapPicture picture = source_.read(job.image, static_cast<std::uint32_t>(scan_.predicted[job.image]));
        if (!picture.missing_photo.empty()) faults_.missing_photos.push_back(picture.missing_photo);
        write(job, std::move(picture.panel));
    } catch (const ChangedLabelMap& error) {
        faults_.changed_maps.emplace_back(error.what());
    } catch (const InputError& error) {
        faults_.unreadable_maps.emplace_back(error.what());
    }
}

void MapWriter::write(const MapJob& job, figures::Panel panel) const {
    const auto targets = bases(job);
    panel.scale = style_.scale;
    panel.scene_range = scan_.ranges[static_cast<std::size_t>(scan_.predicted[job.image])];
    panel.font = style_.output.font;
    const auto colours =
        figures::map_colours(panel.scale, figures::deviation_range(panel.labels, panel.deviations), panel.scene_range);
    const std::string map = figures::encode_png(figures::deviation_map(panel.labels, panel.deviations, colours));
    for (const auto& base : targets) figures::write_file(base.string() + ".png", map, style_.output.overwrite);

    const figures::Picture picture = figures::draw_panel(std::move(panel));
    for (const auto format : style_.formats) {
        const std::string bytes = figures::render(picture, format, style_.output.dpi);
        for (const auto& base : targets)
            figures::write_file(with_format(base.string() + ".panel", format), bytes, style_.output.overwrite);
    }
}

}  // namespace semscope::postprocess
