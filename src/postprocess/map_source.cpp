#include "semscope/postprocess/map_source.hpp"

#include "semscope/core/files.hpp"
#include "semscope/figures/image.hpp"
#include "semscope/statistics/deviation.hpp"

#include <fmt/format.h>

namespace semscope::postprocess {

using results::Range;

MapSource::MapSource(const results::OcclusionReader& file, MapPlaces places)
    : file_(file), places_(std::move(places)), scenes_(file.scene_names()), semantics_(file.semantic_names()) {}

data::LabelMap MapSource::read_map(const std::string& path, std::uint64_t image, Range variants) const {
    const std::string place = places_.labels.name(path);
    data::LabelMap map = read_where_there(place, [&] {
        std::optional<data::PhotoHeader> header;
        if (places_.labels.resize != data::LabelResize::none) header = places_.photos.read_header(path);
        return places_.labels.read(path, header ? &*header : nullptr);
    });
    const auto labels = data::resize_and_crop_labels(places_.geometry, map.size, map.labels);
    const auto semantics = file_.variant_semantics(variants);
    const auto pixels = file_.variant_pixels(variants);
    std::vector<data::ClassCount> recorded;
    for (std::size_t v = 0; v < semantics.size(); ++v) recorded.push_back({semantics[v], pixels[v]});
    if (data::present_classes(labels, places_.min_pixels) != recorded)
        throw ChangedLabelMap(
            fmt::format("{}: its classes are not those that the occlusion file holds of image {} (row {}); it has "
                        "changed since, or labels.root names other maps",
                        place, path, image));
    return map;
}

data::LabelMap MapSource::read_labels(const std::string& path, std::uint64_t image, Range variants) const {
    const data::LabelMap map = read_map(path, image, variants);
    const int side = places_.geometry.crop;
    return {{side, side}, data::resize_and_crop_labels(places_.geometry, map.size, map.labels)};
}

std::optional<data::Image> MapSource::read_stored_photo(const std::string& path, std::string& fault) const {
    try {
        return read_where_there(places_.photos.name(path), [&] { return places_.photos.read(path); });
    } catch (const InputError& error) {
        fault = error.what();
        return std::nullopt;
    }
}

std::optional<data::Image> MapSource::read_photo(const std::string& path, std::string& fault) const {
    try {
        const auto stored = read_stored_photo(path, fault);
        if (!stored) return std::nullopt;
        return data::resize_and_crop(places_.geometry, *stored);
    } catch (const InputError& error) {
        fault = error.what();
        return std::nullopt;
    }
}

namespace {

/// What the network saw of a picture, as shares of its width and height.
figures::Rect seen_part(const data::Geometry& geometry, data::ImageSize stored) {
    const data::CentreCrop kept = data::centre_crop(geometry, stored);
    const auto width = static_cast<double>(kept.resized.width), height = static_cast<double>(kept.resized.height);
    return {kept.left / width, kept.top / height, geometry.crop / width, geometry.crop / height};
}

/// By class: in the labels, and not in their crop.
std::vector<bool> unseen_classes(const std::vector<std::uint16_t>& labels, const std::vector<std::uint16_t>& crop,
                                 std::size_t semantics) {
    std::vector<bool> unseen(semantics);
    for (const std::uint16_t label : labels)
        if (label > 0) unseen.at(label) = true;
    for (const std::uint16_t label : crop) unseen.at(label) = false;
    return unseen;
}

}  // namespace

void MapSource::add_pictures(MapPicture& picture, std::uint64_t image, Range variants) const {
    figures::Panel& panel = picture.panel;
    if (places_.area == Area::crop) {
        panel.labels = read_labels(picture.path, image, variants);
        panel.photo = read_photo(picture.path, picture.missing_photo);
        return;
    }
    data::LabelMap map = read_map(picture.path, image, variants);
    panel.seen = seen_part(places_.geometry, map.size);
    panel.unseen = unseen_classes(map.labels, data::resize_and_crop_labels(places_.geometry, map.size, map.labels),
                                  semantics_.size());
    panel.labels = std::move(map);
    panel.photo = photo(picture.path, picture.missing_photo);
}

std::optional<data::Image> MapSource::photo(const std::string& path, std::string& fault) const {
    if (places_.area == Area::crop) return read_photo(path, fault);
    return read_stored_photo(path, fault);
}

std::vector<float> attributions_of(const results::OcclusionReader& file, std::uint64_t image, std::uint64_t scene,
                                   Attribution attribution) {
    const auto offsets = file.variant_offsets({image, image + 1});
    const Range variants{offsets[0], offsets[1]};
    const bool shapley = attribution == Attribution::shapley;
    const auto rows = shapley ? file.shapley_values(variants) : file.variant_probabilities(variants);
    const float p = file.image_probabilities({image, image + 1})[scene];
    std::vector<float> values;
    for (std::uint64_t v = 0; v < variants.size(); ++v) {
        const float entry = rows[v * file.scenes() + scene];
        values.push_back(shapley ? entry : statistics::deviation(p, entry));
    }
    return values;
}

MapPicture MapSource::read(std::uint64_t image, std::uint32_t scene) const {
    const Range own{image, image + 1};
    const auto offsets = file_.variant_offsets(own);
    const Range variants{offsets[0], offsets[1]};
    MapPicture picture;
    picture.path = path(image);
    figures::Panel& panel = picture.panel;
    add_pictures(picture, image, variants);
    panel.image = std::filesystem::path(picture.path).filename().string();
    if (const auto truth = file_.image_scenes(own)[0]; truth >= 0 && static_cast<std::size_t>(truth) < scenes_.size())
        panel.scene = scenes_[static_cast<std::size_t>(truth)];
    panel.predicted = scenes_[scene];
    panel.names = semantics_;

    panel.probability = file_.image_probabilities(own)[scene];
    panel.quantity = places_.attribution == Attribution::shapley ? "Shapley value" : "Score deviation";
    panel.deviations.assign(semantics_.size(), 0.0F);
    const auto semantics = file_.variant_semantics(variants);
    const auto values = attributions_of(file_, image, scene, places_.attribution);
    for (std::size_t v = 0; v < semantics.size(); ++v) panel.deviations[semantics[v]] = values[v];
    return picture;
}

}  // namespace semscope::postprocess
