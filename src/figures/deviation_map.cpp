#include "semscope/figures/deviation_map.hpp"

#include "axes.hpp"
#include "colour_bar.hpp"
#include "regions.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
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

namespace {

constexpr double margin = 10;
constexpr double gap = 12;
constexpr double title_size = 12;
constexpr double caption_size = 9;
constexpr double head = 42;           // title line and captions
constexpr double image_height = 224;  // the usual crop, pixel for point
constexpr double image_width = 360;   // at most
constexpr Rgb grey{90, 90, 90};
constexpr Rgb ground{236, 236, 236};

/// Everything that the drawing needs, worked out once.
struct Content {
    Panel panel;
    RgbImage segmentation;
    RgbImage map;
    MapColours colours;
    std::vector<RegionName> names;
    Size image;
    double bar;
};

/// The largest size with the given proportions inside `room`.
Size inside(Size room, std::size_t width, std::size_t height) {
    const double aspect = static_cast<double>(width) / static_cast<double>(height);
    return {std::min(room.width, room.height * aspect), std::min(room.height, room.width / aspect)};
}

std::string title_of(const Panel& panel) {
    const std::string predicted = fmt::format("Predicted: {}, p = {}", panel.predicted, decimal(panel.probability, 3));
    return panel.scene.empty() ? predicted : fmt::format("Scene: {} · {}", panel.scene, predicted);
}

void draw_title(Canvas& canvas, const Content& content, double width) {
    const Panel& panel = content.panel;
    const Font bold{panel.font, title_size, true}, small{panel.font, caption_size, false};
    const std::string title = shorten(title_of(panel), bold, width);
    canvas.text({margin, margin + title_size}, title, {.font = bold});
    const double left = width - measure(title, bold).width - gap;
    if (panel.image.empty() || left < measure(panel.image, small).width) return;
    canvas.text({margin + width, margin + title_size}, panel.image,
                {.font = small, .colour = grey, .anchor = Anchor::end});
}

void draw_caption(Canvas& canvas, const Content& content, const Rect& area, const std::string& text) {
    const Font font{content.panel.font, caption_size, false};
    canvas.text({area.x, area.y - 5}, shorten(text, font, area.width), {.font = font});
}

void draw_photo(Canvas& canvas, const Content& content, const Rect& area) {
    const Group group(canvas, {"photo", "", {}});
    draw_caption(canvas, content, area, "Photo");
    if (content.panel.photo) {
        const RgbImage& photo = *content.panel.photo;
        const Size size = inside({area.width, area.height}, photo.width, photo.height);
        canvas.image(
            {area.x + (area.width - size.width) / 2, area.y + (area.height - size.height) / 2, size.width, size.height},
            photo, Sampling::smooth);
        return;
    }
    canvas.rectangle(area, {ground, {}});
    canvas.text({area.centre().x, area.centre().y + caption_size / 3}, "photo not found",
                {.font = {content.panel.font, caption_size, false}, .colour = grey, .anchor = Anchor::middle});
}

void draw_segmentation(Canvas& canvas, const Content& content, const Rect& area) {
    const Group group(canvas, {"segmentation", "", {}});
    draw_caption(canvas, content, area, "Semantic classes");
    canvas.image(area, content.segmentation, Sampling::nearest);
    for (const RegionName& name : content.names) {
        const double deviation = deviation_of(name.label, content.panel.deviations);
        const Group named(canvas, {"region",
                                   fmt::format("{}: {}", name.text, significant(deviation)),
                                   {{"class", fmt::format("{}", name.label)}, {"deviation", exact(deviation)}}});
        canvas.text({area.x + name.baseline.x, area.y + name.baseline.y}, name.text,
                    {.font = name.font, .colour = black, .halo = white, .halo_width = 1.3});
    }
}

void draw_map(Canvas& canvas, const Content& content, const Rect& area) {
    {
        const Group group(canvas, {"deviation-map", "", {}});
        draw_caption(canvas, content, area, "Score deviation of " + content.panel.predicted);
        canvas.image(area, content.map, Sampling::nearest);
    }
    draw_colour_bar(canvas, {area.right() + gap, area.y, content.bar, area.height}, content.colours,
                    content.panel.font);
}

Content content_of(Panel panel, const Palette& palette) {
    check(panel.labels);
    if (panel.photo) check(*panel.photo);
    if (panel.deviations.size() != panel.names.size())
        throw InputError(fmt::format("{} deviations for {} class names", panel.deviations.size(), panel.names.size()));
    const MapColours colours =
        map_colours(panel.scale, deviation_range(panel.labels, panel.deviations), panel.scene_range);
    const Size image = inside({image_width, image_height}, panel.labels.width, panel.labels.height);
    NameOptions options;
    options.family = panel.font;
    options.scale = image.width / static_cast<double>(panel.labels.width);
    Content content{std::move(panel), {}, {}, colours, {}, image, 0};
    content.segmentation = segmentation(content.panel.labels, palette);
    content.map = deviation_map(content.panel.labels, content.panel.deviations, colours);
    content.names = place_names(content.panel.labels, content.panel.names, options);
    content.bar = colour_bar_width(content.panel.font, colours.range);
    return content;
}

}  // namespace

Picture draw_panel(Panel panel) {
    const std::size_t classes = panel.names.size();
    return draw_panel(std::move(panel), Palette::for_classes(classes));
}

Picture draw_panel(Panel panel, const Palette& palette) {
    const auto content = std::make_shared<const Content>(content_of(std::move(panel), palette));
    const Size image = content->image;
    const double width = 3 * image.width + 3 * gap + content->bar;
    const auto draw = [content, image, width](Canvas& canvas) {
        draw_title(canvas, *content, width);
        const double step = image.width + gap, top = margin + head;
        draw_photo(canvas, *content, {margin, top, image.width, image.height});
        draw_segmentation(canvas, *content, {margin + step, top, image.width, image.height});
        draw_map(canvas, *content, {margin + 2 * step, top, image.width, image.height});
    };
    return {{width + 2 * margin, image.height + head + 2 * margin}, title_of(content->panel), draw};
}

}  // namespace semscope::figures
