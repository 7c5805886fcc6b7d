#include "semscope/figures/deviation_map.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace semscope::figures {
namespace {

/// Which classes occur.
std::vector<bool> present_classes(const LabelImage& labels) {
    check(labels);
    std::vector<bool> present(std::size_t{*std::max_element(labels.pixels.begin(), labels.pixels.end())} + 1U);
    for (const std::uint16_t label : labels.pixels) present[label] = true;
    return present;
}

/// Paints each label with the colour that `colour_of` gives its class; called once for each class that occurs.
template <class ColourOf>
RgbImage paint(const LabelImage& labels, ColourOf&& colour_of) {
    const std::vector<bool> present = present_classes(labels);
    std::vector<Rgb> colours(present.size());
    for (std::size_t label = 0; label < present.size(); ++label)
        if (present[label]) colours[label] = colour_of(static_cast<std::uint16_t>(label));
    RgbImage image{labels.width, labels.height, {}};
    image.pixels.reserve(3 * labels.pixels.size());
    for (const std::uint16_t label : labels.pixels) {
        const Rgb colour = colours[label];
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

ValueRange deviation_range(const LabelImage& labels, std::span<const float> deviations) {
    const std::vector<bool> present = present_classes(labels);
    const double first = deviation_of(labels.pixels.front(), deviations);
    ValueRange range{first, first};
    for (std::size_t label = 0; label < present.size(); ++label) {
        if (!present[label]) continue;
        const double deviation = deviation_of(static_cast<std::uint16_t>(label), deviations);
        range = join(range, {deviation, deviation});
    }
    return range;
}

MapColours map_colours(MapScale scale, ValueRange own, ValueRange scene) {
    switch (scale) {
        case MapScale::scene:
            return {plasma(), scene};
        case MapScale::symmetric:
            return {diverging(), symmetric(own)};
        case MapScale::image:
            break;
    }
    return {plasma(), own};
}

RgbImage deviation_map(const LabelImage& labels, std::span<const float> deviations, const MapColours& colours) {
    return paint(labels, [&](std::uint16_t label) {
        return colours.colours.colour_of(deviation_of(label, deviations), colours.range);
    });
}

RgbImage segmentation(const LabelImage& labels, const Palette& palette) {
    return paint(labels, [&](std::uint16_t label) { return palette.area(label); });
}

}  // namespace semscope::figures
