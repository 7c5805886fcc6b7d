#include "semscope/figure/region_names.hpp"

#include "regions.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace semscope::figure {
namespace {

std::size_t pixels(double points, double scale) { return static_cast<std::size_t>(std::ceil(points / scale)); }

/// The name at one font size, if it fits.
std::optional<RegionName> try_size(const RegionRoom& room, const std::string& text, double size,
                                   const NameOptions& options) {
    const Font font{options.family, size, false};
    const Rect ink = measure(text, font).ink;
    const std::size_t width = pixels(ink.width + 2 * options.rim, options.scale);
    const std::size_t height = pixels(ink.height + 2 * options.rim, options.scale);
    const std::optional<Corner> corner = room.best(width, height);
    if (!corner) return std::nullopt;
    const Rect box{static_cast<double>(corner->x) * options.scale, static_cast<double>(corner->y) * options.scale,
                   static_cast<double>(width) * options.scale, static_cast<double>(height) * options.scale};
    // The box is a whole number of pixels: centre the glyphs in it.
    const Point baseline{box.x + (box.width - ink.width) / 2 - ink.x, box.y + (box.height - ink.height) / 2 - ink.y};
    return RegionName{text, 0, font, baseline, box};
}

std::optional<RegionName> place(const RegionRoom& room, const std::string& text, const NameOptions& options) {
    for (double size = options.largest; size >= options.smallest; size -= 1)
        if (auto name = try_size(room, text, size, options)) return name;
    return std::nullopt;
}

}  // namespace

std::vector<RegionName> place_names(const LabelImage& labels, std::span<const std::string> names,
                                    const NameOptions& options) {
    const Regions regions = find_regions(labels);
    const double least = options.area_share * static_cast<double>(labels.pixels.size());
    std::vector<RegionName> placed;
    for (std::size_t i = 0; i < regions.list.size(); ++i) {
        const Region& region = regions.list[i];
        if (region.label == 0 || static_cast<double>(region.area) < least) continue;
        if (region.label >= names.size())
            throw InputError(fmt::format("class {} of the label map has no name", region.label));
        if (auto name = place(RegionRoom(regions, i, labels.width), short_name(names[region.label]), options)) {
            name->label = region.label;
            placed.push_back(std::move(*name));
        }
    }
    return placed;
}

}  // namespace semscope::figure
