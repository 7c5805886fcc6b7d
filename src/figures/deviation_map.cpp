#include "semscope/figures/deviation_map.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace semscope::figures {
namespace {

constexpr Rgb stripe{150, 150, 150};
constexpr Rgb between_stripes{222, 222, 222};

/// Which classes occur.
std::vector<bool> present_classes(const data::LabelMap& labels) {
    check(labels);
    std::vector<bool> present(std::size_t{*std::max_element(labels.labels.begin(), labels.labels.end())} + 1U);
    for (const std::uint16_t label : labels.labels) present[label] = true;
    return present;
}

/// Paints each label with the colour that `colour_of` gives its class; called once for each class that occurs. Classes
/// of `hatched` get stripes, as wide as lets them be seen when the image is drawn small.
template <class ColourOf>
data::Image paint(const data::LabelMap& labels, ColourOf&& colour_of, const std::vector<bool>& hatched = {}) {
    const std::vector<bool> present = present_classes(labels);
    std::vector<Rgb> colours(present.size());
    const auto is_hatched = [&](std::uint16_t label) { return label < hatched.size() && hatched[label]; };
    for (std::size_t label = 0; label < present.size(); ++label)
        if (present[label] && !is_hatched(static_cast<std::uint16_t>(label)))
            colours[label] = colour_of(static_cast<std::uint16_t>(label));
    constexpr std::size_t stripes = 40;  // across the width
    const std::size_t period = std::max<std::size_t>(4, labels.width() / stripes);
    data::Image image{labels.size, 3, {}};
    image.pixels.reserve(3 * labels.labels.size());
    for (std::size_t i = 0; i < labels.labels.size(); ++i) {
        const std::uint16_t label = labels.labels[i];
        const std::size_t diagonal = i % labels.width() + i / labels.width();
        const Rgb colour = !is_hatched(label)               ? colours[label]
                           : diagonal % period < period / 3 ? stripe
                                                            : between_stripes;
        image.pixels.insert(image.pixels.end(), {colour.red, colour.green, colour.blue});
    }
    return image;
}

}  // namespace

double deviation_of(std::uint16_t label, std::span<const float> deviations) {
    if (label == 0) return 0;
    if (label >= deviations.size())
        throw InputError(fmt::format("the label map has class {}, but there are deviations of {} classes only", label,
                                     deviations.size()));
    if (!std::isfinite(deviations[label]))
        throw InputError(fmt::format("the deviation of class {} is {}", label, deviations[label]));
    return deviations[label];
}

ValueRange deviation_range(const data::LabelMap& labels, std::span<const float> deviations,
                           const std::vector<bool>& unseen) {
    const std::vector<bool> present = present_classes(labels);
    std::optional<ValueRange> range;
    for (std::size_t label = 0; label < present.size(); ++label) {
        if (!present[label] || (label < unseen.size() && unseen[label])) continue;
        const double deviation = deviation_of(static_cast<std::uint16_t>(label), deviations);
        const ValueRange own{deviation, deviation};
        range = range ? join(*range, own) : own;
    }
    return range.value_or(ValueRange{});
}

MapColours map_colours(MapScale scale, ValueRange own, ValueRange shared) {
    switch (scale) {
        case MapScale::scene:
        case MapScale::all:
            return {plasma(), shared};
        case MapScale::symmetric:
            return {diverging(), symmetric(own)};
        case MapScale::image:
            break;
    }
    return {plasma(), own};
}

MapColours fixed_colours(MapScale scale, ValueRange range) {
    return {scale == MapScale::symmetric ? diverging() : plasma(), range};
}

data::Image deviation_map(const data::LabelMap& labels, std::span<const float> deviations, const MapColours& colours,
                          const std::vector<bool>& unseen) {
    return paint(
        labels,
        [&](std::uint16_t label) { return colours.colours.colour_of(deviation_of(label, deviations), colours.range); },
        unseen);
}

data::LabelMap scaled(const data::LabelMap& labels, std::size_t width) {
    check(labels);
    if (width == 0) throw InputError("a label map cannot be brought to a width of 0");
    const double share = static_cast<double>(width) / static_cast<double>(labels.width());
    const std::size_t height =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(share * static_cast<double>(labels.height()))));
    data::LabelMap result{{static_cast<int>(width), static_cast<int>(height)}, {}};
    result.labels.reserve(width * height);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
            result.labels.push_back(
                labels.at((2 * x + 1) * labels.width() / (2 * width), (2 * y + 1) * labels.height() / (2 * height)));
    return result;
}

data::Image segmentation(const data::LabelMap& labels, const Palette& palette) {
    return paint(labels, [&](std::uint16_t label) { return palette.area(label); });
}

}  // namespace semscope::figures
