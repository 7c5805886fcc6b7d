#include "regions.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::figures {
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
    return RegionName{text, 0, 0, font, baseline, box};
}

std::optional<RegionName> place(const RegionRoom& room, const std::string& text, const NameOptions& options) {
    for (double size = options.largest; size >= options.smallest; size -= 1)
        if (auto name = try_size(room, text, size, options)) return name;
    return std::nullopt;
}

}  // namespace

std::vector<RegionName> place_names(const data::LabelMap& labels, std::span<const std::string> names,
                                    const NameOptions& options) {
    const Regions regions = find_regions(labels);
    const double least = options.area_share * static_cast<double>(labels.labels.size());
    std::vector<RegionName> placed;
    for (std::size_t i = 0; i < regions.list.size(); ++i) {
        const Region& region = regions.list[i];
        if (region.label == 0 || static_cast<double>(region.area) < least) continue;
        if (region.label >= names.size())
            throw InputError(fmt::format("class {} of the label map has no name", region.label));
        if (auto name = place(RegionRoom(regions, i, labels.width()), short_name(names[region.label]), options)) {
            name->label = region.label;
            name->region = i;
            placed.push_back(std::move(*name));
        }
    }
    return placed;
}

namespace {

/// For each region whether it has a name.
std::vector<bool> named_regions(const Regions& regions, std::span<const RegionName> named) {
    std::vector<bool> result(regions.list.size());
    for (const RegionName& name : named) result[name.region] = true;
    return result;
}

}  // namespace

std::vector<std::uint16_t> unnamed_classes(const data::LabelMap& labels, std::span<const RegionName> named) {
    const Regions regions = find_regions(labels);
    const std::vector<bool> has_name = named_regions(regions, named);
    std::vector<std::uint16_t> with_name, wanted;
    for (const RegionName& name : named) with_name.push_back(name.label);
    for (std::size_t i = 0; i < regions.list.size(); ++i) {
        const auto& [label, area, left, top, right, bottom] = regions.list[i];
        if (label == 0 || has_name[i]) continue;
        const bool elsewhere = std::find(with_name.begin(), with_name.end(), label) != with_name.end();
        if (!elsewhere || 2000 * area >= labels.labels.size()) wanted.push_back(label);
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    return wanted;
}

std::vector<RegionName> place_numbers(const data::LabelMap& labels, std::span<const RegionName> named,
                                      std::span<const std::size_t> number_of, const NameOptions& options) {
    const Regions regions = find_regions(labels);
    const std::vector<bool> has_name = named_regions(regions, named);
    std::vector<RegionName> placed;
    for (std::size_t i = 0; i < regions.list.size(); ++i) {
        const std::uint16_t label = regions.list[i].label;
        if (has_name[i] || label >= number_of.size() || number_of[label] == 0) continue;
        auto number = place(RegionRoom(regions, i, labels.width()), fmt::format("{}", number_of[label]), options);
        if (!number) continue;
        number->label = label;
        number->region = i;
        placed.push_back(std::move(*number));
    }
    return placed;
}
namespace {

constexpr std::uint32_t no_region = std::numeric_limits<std::uint32_t>::max();
// Places tried along the longer side of a region; more would not be seen.
constexpr std::size_t places = 120;

void include(Region& region, std::size_t x, std::size_t y) {
    ++region.area;
    region.left = std::min(region.left, x);
    region.right = std::max(region.right, x + 1);
    region.top = std::min(region.top, y);
    region.bottom = std::max(region.bottom, y + 1);
}

/// Collects the region that pixel `start` belongs to.
Region flood(const data::LabelMap& labels, std::size_t start, std::uint32_t index, std::vector<std::uint32_t>& owner) {
    Region region{labels.labels[start], 0, labels.width(), labels.height(), 0, 0};
    std::vector<std::size_t> open{start};
    owner[start] = index;
    const auto visit = [&](std::size_t pixel) {
        if (owner[pixel] != no_region || labels.labels[pixel] != region.label) return;
        owner[pixel] = index;
        open.push_back(pixel);
    };
    while (!open.empty()) {
        const std::size_t pixel = open.back();
        open.pop_back();
        const std::size_t x = pixel % labels.width(), y = pixel / labels.width();
        include(region, x, y);
        if (x > 0) visit(pixel - 1);
        if (x + 1 < labels.width()) visit(pixel + 1);
        if (y > 0) visit(pixel - labels.width());
        if (y + 1 < labels.height()) visit(pixel + labels.width());
    }
    return region;
}

}  // namespace

Regions find_regions(const data::LabelMap& labels) {
    check(labels);
    Regions regions;
    regions.owner.assign(labels.labels.size(), no_region);
    for (std::size_t pixel = 0; pixel < labels.labels.size(); ++pixel)
        if (regions.owner[pixel] == no_region)
            regions.list.push_back(
                flood(labels, pixel, static_cast<std::uint32_t>(regions.list.size()), regions.owner));
    return regions;
}

RegionRoom::RegionRoom(const Regions& regions, std::size_t index, std::size_t width)
    : region_(regions.list[index]),
      columns_(region_.right - region_.left),
      rows_(region_.bottom - region_.top),
      sums_((columns_ + 1) * (rows_ + 1)) {
    for (std::size_t y = 0; y < rows_; ++y) {
        std::uint32_t row = 0;
        for (std::size_t x = 0; x < columns_; ++x) {
            row += regions.owner[(region_.top + y) * width + region_.left + x] == index ? 1U : 0U;
            sums_[(y + 1) * (columns_ + 1) + x + 1] = sums_[y * (columns_ + 1) + x + 1] + row;
        }
    }
}

std::optional<Corner> RegionRoom::fit(std::size_t width, std::size_t height) const {
    if (width > columns_ || height > rows_) return std::nullopt;
    const std::size_t pitch = columns_ + 1, stride = 1 + std::max(columns_, rows_) / places;
    for (std::size_t y = 0; y + height <= rows_; y += stride)
        for (std::size_t x = 0; x + width <= columns_; x += stride) {
            const std::size_t above = y * pitch + x, below = above + height * pitch;
            if (sums_[below + width] - sums_[below] - sums_[above + width] + sums_[above] == width * height)
                return Corner{region_.left + x, region_.top + y};
        }
    return std::nullopt;
}

std::optional<Corner> RegionRoom::best(std::size_t width, std::size_t height) const {
    std::optional<Corner> found = fit(width, height);
    if (!found) return found;
    // Bisection for the widest rim.
    std::size_t rim = 0, too_wide = std::min(columns_, rows_);
    while (rim + 1 < too_wide) {
        const std::size_t middle = (rim + too_wide) / 2;
        if (const auto roomier = fit(width + 2 * middle, height + 2 * middle)) {
            found = Corner{roomier->x + middle, roomier->y + middle};
            rim = middle;
        } else {
            too_wide = middle;
        }
    }
    return found;
}

}  // namespace semscope::figures
