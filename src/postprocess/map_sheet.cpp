#include "map_sheet.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace semscope::postprocess {
namespace {

using results::OcclusionReader;

/// The images predicted as a scene, and of them those that are right where there are any.
std::vector<std::uint64_t> candidates(const MapScan& scan, std::uint64_t scene) {
    std::vector<std::uint64_t> predicted, correct;
    for (std::uint64_t image = 0; image < scan.predicted.size(); ++image) {
        if (scan.predicted[image] < 0 || static_cast<std::uint64_t>(scan.predicted[image]) != scene) continue;
        predicted.push_back(image);
        if (scan.scene[image] == scan.predicted[image]) correct.push_back(image);
    }
    return correct.empty() ? predicted : correct;
}

/// d_s(scene), or the Shapley values, of an image by class, 0 for absent ones.
std::vector<double> values_by_class(const OcclusionReader& file, std::uint64_t image, std::uint64_t scene,
                                    Attribution attribution) {
    const auto offsets = file.variant_offsets({image, image + 1});
    const auto semantics = file.variant_semantics({offsets[0], offsets[1]});
    const auto values = attributions_of(file, image, scene, attribution);
    std::vector<double> result(file.semantics());
    for (std::size_t v = 0; v < semantics.size(); ++v) result.at(semantics[v]) = static_cast<double>(values[v]);
    return result;
}

double squared_distance(const std::vector<double>& one, const std::vector<double>& other) {
    return std::transform_reduce(one.begin(), one.end(), other.begin(), 0.0, std::plus<>(),
                                 [](double a, double b) { return (a - b) * (a - b); });
}

}  // namespace

std::vector<std::uint64_t> typical_images(const OcclusionReader& file, const MapScan& scan, std::uint64_t scene,
                                          std::size_t most, Attribution attribution) {
    const std::vector<std::uint64_t> images = candidates(scan, scene);
    std::vector<std::vector<double>> all;
    std::vector<double> mean(file.semantics());
    for (const std::uint64_t image : images) {
        all.push_back(values_by_class(file, image, scene, attribution));
        for (std::size_t s = 0; s < mean.size(); ++s) mean[s] += all.back()[s] / static_cast<double>(images.size());
    }
    std::vector<double> distance;
    distance.reserve(all.size());
    for (const auto& each : all) distance.push_back(squared_distance(each, mean));
    std::vector<std::size_t> order(images.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return distance[a] < distance[b]; });
    std::vector<std::uint64_t> result;
    for (std::size_t i = 0; i < std::min(most, order.size()); ++i) result.push_back(images[order[i]]);
    return result;
}

namespace {

std::uint64_t chosen_image(const OcclusionReader& file, const MapScan& scan, std::uint64_t scene,
                           const std::string& name, const std::optional<std::vector<std::uint64_t>>& images,
                           Attribution attribution) {
    if (images) {
        for (const std::uint64_t image : *images)
            if (scan.predicted[image] >= 0 && static_cast<std::uint64_t>(scan.predicted[image]) == scene) return image;
        throw InputError(fmt::format("figures.sheet: no image of figures.image is predicted as {}", name));
    }
    const auto typical = typical_images(file, scan, scene, 1, attribution);
    if (typical.empty()) throw InputError(fmt::format("figures.sheet: no image is predicted as {}", name));
    return typical.front();
}

std::filesystem::path base_of(const MapStyle& style) {
    return style.output.folder / "sdm" / ("sheet" + suffix_of(style.attribution));
}

}  // namespace

std::vector<std::filesystem::path> sheet_files(const MapStyle& style) {
    std::vector<std::filesystem::path> files;
    for (const auto format : style.formats) files.push_back(with_format(base_of(style), format));
    return files;
}

void draw_sheet(const OcclusionReader& file, const MapSource& source, const MapScan& scan, const MapStyle& style,
                const std::vector<std::uint64_t>& scenes, const std::optional<std::vector<std::uint64_t>>& images) {
    require_replaceable(sheet_files(style), style.output.overwrite);
    figures::Sheet sheet;
    sheet.scale = style.scale;
    sheet.range = style.range;
    sheet.font = style.output.font;
    if (style.width) sheet.width = *style.width;
    Problems problems;
    for (const std::uint64_t scene : scenes)
        problems.collect([&] {
            const std::uint64_t image =
                chosen_image(file, scan, scene, source.scenes()[scene], images, style.attribution);
            sheet.rows.push_back(source.read(image, static_cast<std::uint32_t>(scene)).panel);
        });
    problems.throw_if_any();
    save_all(figures::draw_sheet(std::move(sheet), *style.palette), base_of(style), style.formats, style.output);
}

}  // namespace semscope::postprocess
